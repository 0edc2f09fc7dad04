// @ts-check
// The answers of the grid in columns: what each has, which are shown by filters and search, in what order.

import { say } from "./common.js";

/** @import { Cells, GridShown, Mark } from "./protocol.d.ts" */

export const NONE = "-", OPEN = "?", SILENT = "_", PROPOSED = "~", APART = "!"; // of the codes of an answer: none fits, not coded yet, says nothing, proposed, coders differ
const NOTHING = /** @type {Mark} */ ({ codes: {}, who: [], flag: false, seen: false, apart: false });
const NUMBER = /^-?\d+(?:[.,]\d+)?$/;
const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });

/** What is chosen to be shown, as an address has it. `filters`: the values let through, by column. */
export class View {
  /** @type {Map<string, Set<string>>} */
  filters = new Map();
  sort = "";
  query = "";
  fold = false;
  /** @type {string[]} */
  columns = [];
}

export class Answers {
  /** @param {GridShown} found */
  constructor(found) {
    this.ids = found.ids;
    this.texts = found.texts;
    this.names = found.columns;
    this.codes = found.codes;
    this.event = found.event;
    /** @type {Map<string, Cells>} columns by their key: "wave", or a dot and the name */
    this.cells = new Map(Object.entries(found.cells).map(([name, cells]) => [`.${name}`, cells]));
    if (found.wave) this.cells.set("wave", found.wave);
    this.silent = new Set(found.silent);
    this.rowOf = new Map(found.ids.map((id, row) => [id, row]));
    /** @type {Map<number, Mark>} */
    this.marks = new Map();
    this.mark(found.marks);
    /** @type {Map<number, string[]>} */
    this.proposals = new Map();
    /** @type {Map<number, Set<string>>} of answers that are being coded the codes that were decided: other proposals stand */
    this.coding = new Map();
    this.same = Int32Array.from(found.ids, (_id, row) => row);
    /** @type {Map<string, ArrayLike<number>>} */
    this.ranks = new Map();
  }

  get size() {
    return this.ids.length;
  }

  /** @param {Record<string, Mark>} marks by id @returns {number[]} the rows */
  mark(marks) {
    this.ranks?.delete("codes");
    const rows = [];
    for (const [id, mark] of Object.entries(marks)) {
      const row = this.rowOf.get(id);
      if (row === undefined) continue;
      this.marks.set(row, mark);
      rows.push(row);
    }
    return rows;
  }

  /** @param {number} row */
  markOf(row) {
    return this.marks.get(row) ?? NOTHING;
  }

  /** The mark of a row, to be changed. @param {number} row */
  own(row) {
    const mark = this.marks.get(row) ?? { codes: {}, who: [], flag: false, seen: false, apart: false };
    this.marks.set(row, mark);
    for (const key of ["codes", "who", "flag"]) this.ranks.delete(key);
    return mark;
  }

  /** What is proposed where nobody coded, or somebody is coding now. @param {number} row */
  proposedOf(row) {
    const { who, codes } = this.markOf(row), decided = this.coding.get(row);
    if (!decided && (who.length || Object.keys(codes).length)) return [];
    return (this.proposals.get(row) ?? []).filter((code) => !decided?.has(code) && !(code in codes));
  }

  /** A code was decided of an answer that nobody coded before: what else is proposed there stands. @param {number} row @param {string} code */
  begin(row, code) {
    if (this.proposedOf(row).length || this.coding.has(row)) this.coding.set(row, (this.coding.get(row) ?? new Set()).add(code));
  }

  /** Of answers that are not chosen any more what else was proposed stands no longer. @param {Iterable<number>} [but] @returns {number[]} */
  end(but = []) {
    const kept = new Set(but);
    const ended = [...this.coding.keys()].filter((row) => !kept.has(row));
    for (const row of ended) this.coding.delete(row);
    return ended;
  }

  /** @param {Record<string, string[]>} proposed by id */
  propose(proposed) {
    this.proposals = new Map(Object.entries(proposed).map(([id, codes]) => [this.rowOf.get(id) ?? -1, codes]));
    this.ranks.delete("codes");
  }

  /** The values that a row has in a column: one or more. @param {string} key @param {number} row @returns {string[]} */
  valuesOf(key, row) {
    const cells = this.cells.get(key);
    if (cells) return [cells.values[cells.rows[row] ?? 0] ?? ""];
    const mark = this.markOf(row);
    if (key === "who") return mark.who.length ? mark.who : [""];
    if (key === "flag") return doubts(mark);
    const given = Object.keys(mark.codes);
    const proposed = this.proposedOf(row).map((code) => PROPOSED + code);
    return [...(mark.apart ? [APART] : []), ...(given.length ? given : mark.who.length ? [NONE] : [this.silent.has(row) ? SILENT : OPEN, ...proposed])];
  }

  /** @param {View} view @param {number} row @param {Set<number> | null} found what a search found @param {string} [but] */
  passes(view, row, found, but = "") {
    if (found && !found.has(row)) return false;
    for (const [key, allowed] of view.filters) {
      if (key !== but && !this.valuesOf(key, row).some((value) => allowed.has(value))) return false;
    }
    return true;
  }

  /** How many rows have each value of a column, by what else is chosen. @param {string} key @param {View} view @param {Set<number> | null} found */
  counts(key, view, found) {
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (let row = 0; row < this.size; row++) {
      if (!this.passes(view, row, found, key)) continue;
      for (const value of this.valuesOf(key, row)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return counts;
  }

  /** The rows that are shown, in order. @param {View} view @param {Set<number> | null} found */
  chosen(view, found) {
    const rows = [];
    for (let row = 0; row < this.size; row++) if (this.passes(view, row, found)) rows.push(row);
    const down = view.sort.startsWith("-");
    const key = down ? view.sort.slice(1) : view.sort;
    if (!key) return rows;
    const ranks = this.rank(key);
    const sign = down ? -1 : 1;
    return rows.sort((one, other) => sign * ((ranks[one] ?? 0) - (ranks[other] ?? 0)) || one - other);
  }

  /** Where each row stands by a column. @param {string} key */
  rank(key) {
    const known = this.ranks.get(key);
    if (known) return known;
    const made = key === "codes" ? this.rankOfCodes() : this.rankOf(key === "text" ? this.texts.map(plain) : null, key);
    this.ranks.set(key, made);
    return made;
  }

  rankOfCodes() {
    const place = new Map(this.codes.map((code, at) => [code.id, at + 1]));
    const first = (/** @type {string[]} */ codes) => Math.min(...codes.map((code) => place.get(code) ?? Infinity));
    return Float64Array.from(this.ids, (_id, row) => {
      const mark = this.markOf(row);
      const [given, proposed] = [Object.keys(mark.codes), this.proposedOf(row)];
      if (given.length) return first(given);
      return mark.who.length ? 1e6 : proposed.length ? 2e6 + first(proposed) : 3e6;
    });
  }

  /** @param {string[] | null} texts @param {string} key */
  rankOf(texts, key) {
    const of = texts ?? this.ids.map((_id, row) => this.valuesOf(key, row).join(", "));
    const values = [...new Set(of)];
    if (key === "text") values.sort((one, other) => (one < other ? -1 : 1)); // many: by their letters alone
    else values.sort(values.every((value) => !value || NUMBER.test(value)) ? byNumber : byWords);
    const at = new Map(values.map((value, place) => [value, place]));
    return Float64Array.from(of, (value) => at.get(value) ?? 0);
  }
}

/** @param {Mark} mark @returns {string[]} "flag", "unsure", or "" */
export function doubts(mark) {
  const found = mark.flag ? ["flag"] : [];
  if (Object.values(mark.codes).some((how) => how === "unsure" || how === "doubt")) found.push("unsure");
  return found.length ? found : [""];
}

/** @param {string} text */
const plain = (text) => text.trimStart().toLowerCase().normalize("NFD").replace(/[^\p{L}\p{N}\s]/gu, "");
/** @param {string} one @param {string} other */
const byWords = (one, other) => Number(!one) - Number(!other) || collator.compare(one, other);
/** @param {string} value */
const numberOf = (value) => (value ? Number(value.replace(",", ".")) : Infinity);
/** @param {string} one @param {string} other */
const byNumber = (one, other) => (one === other ? 0 : numberOf(one) - numberOf(other) || 0);

/** What a value of a column is called. @param {Answers} answers @param {string} key @param {string} value */
export function nameOf(answers, key, value) {
  if (key === "codes") {
    if (value === NONE) return say("none_fits");
    if (value === APART) return say("coders_differ");
    if (value === OPEN) return say("not_coded");
    if (value === SILENT) return say("is_silent");
    const id = value.startsWith(PROPOSED) ? value.slice(1) : value;
    const label = answers.codes.find((code) => code.id === id)?.label ?? id;
    return id === value ? label : say("proposed_as", { code: label });
  }
  if (key === "flag") return say(value === "flag" ? "flag" : value ? "is_unsure" : "no_doubt");
  if (key === "who" && !value) return say("nobody");
  return value || say("empty_cell");
}

// The address: what is shown is in it, so that a colleague can open it and the back button goes back.

const SPECIAL = ["codes", "who", "flag", "wave"];

/** @param {URLSearchParams} asked @param {string[]} columns those of before, where the address names none */
export function readView(asked, columns) {
  const view = new View();
  view.sort = asked.get("sort") ?? "";
  view.query = asked.get("search") ?? "";
  view.fold = asked.has("fold");
  view.columns = asked.has("show") ? asked.getAll("show").filter(Boolean) : columns;
  for (const key of new Set(asked.keys())) {
    if (SPECIAL.includes(key) || key.startsWith(".")) view.filters.set(key, new Set(asked.getAll(key)));
  }
  return view;
}

/** @param {View} view */
export function written(view) {
  const made = new URLSearchParams();
  if (view.query) made.set("search", view.query);
  for (const [key, values] of view.filters) for (const value of values) made.append(key, value);
  if (view.sort) made.set("sort", view.sort);
  if (view.fold) made.set("fold", "1");
  for (const name of view.columns.length ? view.columns : [""]) made.append("show", name);
  return made;
}
