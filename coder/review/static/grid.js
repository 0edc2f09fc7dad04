// @ts-check
// The grid: a row an answer, of which only those on the screen are made. A key codes all that are chosen at once.

import { announce, api, byId, dialog, dialogOpen, el, failed, fill, maybe, messageOf, number, pending, save, say, toast } from "./common.js";
import { Answers, APART, doubts, nameOf, NONE, OPEN, readView, SILENT, View, written } from "./answers.js";
import { askColumns, columnsKept, keepColumns, searchIn } from "./columns.js";
import { keyOf, keysOfCodes, keysOff, typing } from "./keys.js";
import { showHelp } from "./asking.js";

/** @import { Verdict } from "./protocol.d.ts" */

const MOST = 2000; // as many as one act may be of: so that one undo takes it back
const SPARE = 8; // rows beyond the screen
const LISTED = 300;
const ROOM = 2; // codes of an answer that are written out
const EVERY = 2500;
const me = document.body.dataset.who ?? "";
const grid = byId("grid"), body = byId("rows");
const narrow = matchMedia("(max-width: 720px)");

/** @type {Answers} */
let answers;
let view = new View();
/** @type {Set<number> | null} */
let found = null;
/** @type {number[]} the rows that are shown; where the same is folded the first of each */
let shown = [];
/** @type {Map<number, number[]>} of a folded row all that it stands for */
let folded = new Map();
/** @type {Set<number>} */
let selected = new Set();
/** @type {Map<string, string>} */
let keys = new Map();
/** @type {Map<string, string>} */
let labels = new Map();
let active = 0, anchor = 0, last = "", rowHeight = 56, changes = 0;

// What is shown

async function load() {
  answers = new Answers(await api("grid", { columns: wanted() }));
  view.columns = view.columns.filter((name) => answers.names.includes(name));
  keys = keysOfCodes(answers.codes);
  labels = new Map(answers.codes.map((code) => [code.id, code.label]));
  await search();
  choose();
  more();
}

const wanted = () => [...view.columns, ...[...view.filters.keys()].filter((key) => key.startsWith(".")).map((key) => key.slice(1)),
  ...(/^-?\./.test(view.sort) ? [view.sort.replace(/^-?\./, "")] : [])];

async function more() {
  try {
    const { same, proposed } = await api("grid-more", {});
    answers.same = Int32Array.from(same);
    answers.propose(proposed);
    if (view.fold || view.filters.has("codes") || view.sort.endsWith("codes")) choose();
    else repaint();
    document.body.dataset.more = "yes";
  } catch (error) {
    failed(error);
  }
}

// A column that is filtered or sorted by is fetched too, shown or not.
async function fetchColumns() {
  for (const name of wanted()) {
    if (answers.cells.has(`.${name}`) || !answers.names.includes(name)) continue;
    const { cells } = await api("grid-column", { column: name });
    if (cells) answers.cells.set(`.${name}`, cells);
  }
}

async function search() {
  byId("search").value = view.query;
  byId("search-error").hidden = true;
  found = null;
  if (!view.query.trim()) return;
  try {
    const { ids } = await api("grid-search", { value: view.query });
    found = new Set(ids.map((id) => answers.rowOf.get(id) ?? -1));
  } catch (error) {
    byId("search-error").hidden = false;
    fill(byId("search-error"), messageOf(error));
  }
}

/** Show what is chosen: anew, in order. */
function choose() {
  const rows = answers.chosen(view, found);
  folded = new Map();
  if (view.fold) {
    /** @type {Map<number, number[]>} */
    const groups = new Map();
    for (const row of rows) {
      const group = groups.get(answers.same[row] ?? row);
      if (group) group.push(row);
      else groups.set(answers.same[row] ?? row, [row]);
    }
    for (const group of groups.values()) folded.set(group[0] ?? 0, group);
    shown = [...folded.keys()];
  } else shown = rows;
  const there = new Set(rows);
  selected = new Set([...selected].filter((row) => there.has(row)));
  active = Math.min(active, Math.max(0, shown.length - 1));
  anchor = active;
  byId("stale").hidden = true;
  byId("count").textContent = say(rows.length === answers.size ? "grid_all" : "grid_some", { n: rows.length, of: answers.size })
    + (view.fold ? ` ${say("grid_folded", { count: shown.length })}` : "");
  byId("empty").hidden = shown.length > 0;
  byId("fold").checked = view.fold;
  showHead();
  showFilters();
  grid.setAttribute("aria-rowcount", String(shown.length + 1));
  measure();
  repaint();
  showChosen();
}

// What was changed about what is shown goes into the address; going back comes here again.
/** @param {boolean} [searched] */
async function change(searched = false) {
  const query = `?${written(view)}`;
  if (query !== location.search) history.pushState(null, "", query);
  await fetchColumns();
  if (searched) await search();
  grid.scrollTop = 0;
  active = 0;
  choose();
}

addEventListener("popstate", async () => {
  view = readView(new URLSearchParams(location.search), columnsKept());
  await fetchColumns();
  await search();
  choose();
});

// Painting

/** @type {Map<number, HTMLElement>} */
let made = new Map();

function measure() {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  rowHeight = Math.round((narrow.matches ? 8.25 : 3.75) * rem);
  grid.style.setProperty("--row-height", `${rowHeight}px`);
  grid.style.setProperty("--columns", template());
  grid.style.setProperty("--least", `${37.45 + (answers.cells.has("wave") ? 5.6 : 0) + 6.1 * view.columns.length}rem`);
  body.style.setProperty("height", `${rowHeight * shown.length}px`);
}

const template = () => ["2.75rem", "minmax(11rem, 3fr)", "minmax(11rem, 1.8fr)", "6.25rem", "4rem",
  ...(answers.cells.has("wave") ? ["5rem"] : []), ...view.columns.map(() => "minmax(5.5rem, 1fr)")].join(" ");

function repaint() {
  made = new Map();
  body.replaceChildren();
  paint();
}

function paint() {
  const first = Math.max(0, Math.floor(grid.scrollTop / rowHeight) - SPARE);
  const end = Math.min(shown.length, Math.ceil((grid.scrollTop + grid.clientHeight) / rowHeight) + SPARE);
  for (const [place, row] of made) {
    if (place >= first && place < end) continue;
    row.remove();
    made.delete(place);
  }
  for (let place = first; place < end; place++) {
    if (made.has(place)) continue;
    const row = rowAt(place);
    made.set(place, row);
    body.append(row);
  }
  grid.setAttribute("aria-activedescendant", made.has(active) ? `row-${active}` : "");
}

/** Make some rows anew where they are on the screen. @param {Iterable<number>} rows */
function again(rows) {
  const some = new Set(rows);
  for (const [place, old] of made) {
    if (!membersAt(place).some((row) => some.has(row))) continue;
    const row = rowAt(place);
    old.replaceWith(row);
    made.set(place, row);
  }
}

/** @param {number} place @returns {number[]} */
const membersAt = (place) => folded.get(shown[place] ?? 0) ?? [shown[place] ?? 0];

/** @param {number} place */
function rowAt(place) {
  const row = shown[place] ?? 0;
  const members = membersAt(place);
  const mark = answers.markOf(row);
  const chosen = members.every((one) => selected.has(one));
  const waves = answers.cells.has("wave") ? ["wave"] : [];
  const line = el("div", { role: "row", class: place === active ? "grid-row active" : "grid-row", id: `row-${place}`, "data-place": place,
    "aria-rowindex": place + 2, "aria-selected": String(chosen) },
    el("div", { role: "gridcell", class: "pick" }, el("span", { class: "box", "aria-hidden": "true" }, chosen ? "✓" : "")),
    el("div", { role: "gridcell", class: "text", lang: grid.dataset.lang, dir: "auto" },
      members.length > 1 ? el("span", { class: "times" }, `${members.length}×`) : null, el("span", { class: "words" }, answers.texts[row] ?? "")),
    el("div", { role: "gridcell", class: "chips" }, chipsOf(members)),
    el("div", { role: "gridcell", class: "small" }, mark.who.join(", ")),
    el("div", { role: "gridcell", class: "doubt" }, doubts(mark).filter(Boolean).map((one) =>
      el("span", { title: nameOf(answers, "flag", one) }, el("span", { "aria-hidden": "true" }, one === "flag" ? "⚑" : "?"), el("span", { class: "hidden-words" }, nameOf(answers, "flag", one))))),
    [...waves, ...view.columns.map((name) => `.${name}`)].map((key) => {
      const [value] = answers.valuesOf(key, row);
      return el("div", { role: "gridcell", class: "cell", title: value }, value);
    }));
  line.style.setProperty("top", `${place * rowHeight}px`);
  return line;
}

/** @param {number[]} members */
function chipsOf(members) {
  /** @type {Map<string, { how: string, count: number }>} */
  const given = new Map();
  for (const row of members) {
    for (const [code, how] of Object.entries(answers.markOf(row).codes)) given.set(code, { how, count: (given.get(code)?.count ?? 0) + 1 });
  }
  const order = answers.codes.filter((code) => given.has(code.id));
  const chips = order.map(({ id, label }) => {
    const { how, count } = given.get(id) ?? { how: "", count: 0 };
    const part = count < members.length ? ` ${count}/${members.length}` : "";
    return el("span", { class: `tag ${how}`, title: `${label} – ${say(`given_${how}`)}` }, label + (how === "unsure" || how === "doubt" ? " ?" : "") + part);
  });
  const row = members[0] ?? 0;
  if (members.some((one) => answers.markOf(one).apart)) chips.unshift(el("span", { class: "tag apart", title: say("coders_differ") }, "≠", el("span", { class: "hidden-words" }, ` ${say("coders_differ")}`)));
  if (!chips.length && answers.markOf(row).who.length) chips.push(el("span", { class: "tag none" }, say("none_fits")));
  for (const code of answers.proposedOf(row)) {
    const label = labels.get(code) ?? code;
    chips.push(el("span", { class: "tag proposed", title: say("proposed_as", { code: label }) }, label, el("span", { class: "hidden-words" }, ` (${say("state_proposed")})`)));
  }
  return chips.length > ROOM ? [...chips.slice(0, ROOM), el("span", { class: "tag rest", title: chips.slice(ROOM).map((one) => one.title || one.textContent).join("; ") },
    el("span", { "aria-hidden": "true" }, `+${chips.length - ROOM}`), el("span", { class: "hidden-words" }, chips.slice(ROOM).map((one) => one.textContent).join(", ")))] : chips;
}

let waiting = false;
grid.addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; paint(); });
}, { passive: true });
new ResizeObserver(() => { if (answers) { measure(); repaint(); } }).observe(grid);

// The head: each column sorts and filters

const heads = () => /** @type {[string, string][]} */ ([["text", say("answer")], ["codes", say("codes")], ["who", say("coder")], ["flag", say("doubt")],
  ...(answers.cells.has("wave") ? [["wave", say("wave")]] : []), ...view.columns.map((name) => [`.${name}`, name])]);

function showHead() {
  const sorted = view.sort.replace(/^-/, "");
  const down = view.sort.startsWith("-");
  const focused = document.activeElement?.getAttribute("data-key");
  fill(byId("head"), el("div", { role: "columnheader", class: "pick" }, el("span", { class: "hidden-words" }, say("chosen_or_not"))),
    heads().map(([key, name]) => el("div", { role: "columnheader", "aria-sort": key === sorted ? (down ? "descending" : "ascending") : "none" },
      el("button", { type: "button", class: view.filters.has(key) ? "filtered" : "", "data-key": key, title: name, "aria-haspopup": "dialog", onclick: () => askColumn(key, name) },
        el("span", { class: "name" }, name), el("span", { class: "sign", "aria-hidden": "true" }, key === sorted ? (down ? "↓" : "↑") : view.filters.has(key) ? "" : "▾"),
        view.filters.has(key) ? el("span", { class: "sign" }, el("span", { "aria-hidden": "true" }, "●"), el("span", { class: "hidden-words" }, ` (${say("filtered")})`)) : null))));
  grid.setAttribute("aria-colcount", String(heads().length + 1));
  if (focused) /** @type {HTMLElement | null} */ (byId("head").querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus();
}

function showFilters() {
  const named = [...view.filters].map(([key, values]) => {
    const name = heads().find(([one]) => one === key)?.[1] ?? key.replace(/^\./, "");
    const all = [...values].map((value) => nameOf(answers, key, value)).join(", ");
    return el("button", { type: "button", class: "filter", title: say("take_filter_off"), onclick: () => { view.filters.delete(key); change(); } },
      `${name}: ${all}`, el("span", { "aria-hidden": "true" }, "✕"));
  });
  if (view.query) named.unshift(el("button", { type: "button", class: "filter", title: say("take_filter_off"), onclick: () => { view.query = ""; change(true); } },
    view.query, el("span", { "aria-hidden": "true" }, "✕")));
  fill(byId("filters"), named);
}

/** Sort and filter by a column. @param {string} key @param {string} name */
async function askColumn(key, name) {
  const sorts = /** @type {const} */ ([["", "sort_none"], [key, "sort_up"], [`-${key}`, "sort_down"]]);
  dialog(name, (close) => [
    el("fieldset", { class: "row sorts" }, el("legend", { class: "hidden-words" }, say("sort")), sorts.map(([sort, word]) =>
      el("label", { class: "tick" }, el("input", { type: "radio", name: "sort", checked: view.sort === sort || (!sort && view.sort.replace(/^-/, "") !== key),
        onchange: () => { if (sort || view.sort.replace(/^-/, "") === key) { view.sort = sort; change(); } } }), say(word)))),
    ...(key === "text" ? [el("p", { class: "small" }, say("filter_text"))] : valuesToChoose(key)),
    el("div", { class: "row" }, el("button", { type: "button", class: "primary", onclick: close, autofocus: true }, say("close"))),
  ]);
}

/** @param {string} key */
function valuesToChoose(key) {
  const counts = answers.counts(key, view, found);
  const chosen = view.filters.get(key) ?? new Set();
  for (const value of chosen) if (!counts.has(value)) counts.set(value, 0);
  const place = new Map([APART, OPEN, SILENT, NONE, ...answers.codes.map((code) => code.id)].map((id, at) => [id, at]));
  const byCode = (/** @type {string} */ value) => place.get(value) ?? 1000 + (place.get(value.slice(1)) ?? 0);
  const values = [...counts.keys()].sort(key === "codes" ? (one, other) => byCode(one) - byCode(other)
    : (one, other) => Number(!one) - Number(!other) || nameOf(answers, key, one).localeCompare(nameOf(answers, key, other), undefined, { numeric: true }));
  const several = values.length > LISTED;
  if (several) values.sort((one, other) => (counts.get(other) ?? 0) - (counts.get(one) ?? 0)).splice(LISTED);
  const boxes = values.map((value) => el("input", { type: "checkbox", checked: chosen.has(value), onchange: (/** @type {any} */ event) => {
    if (event.target.checked) chosen.add(value);
    else chosen.delete(value);
    if (chosen.size) view.filters.set(key, chosen);
    else view.filters.delete(key);
    change();
  } }));
  const list = el("div", { class: "list" }, values.map((value, at) => el("label", { class: "tick" }, boxes[at],
    el("span", { class: "grow" }, nameOf(answers, key, value)), el("span", { class: "number small" }, number(counts.get(value) ?? 0)))));
  return [values.length > 12 ? searchIn(list) : null, several ? el("p", { class: "small" }, say("most_frequent", { n: LISTED })) : null, list,
    el("button", { type: "button", onclick: () => {
      chosen.clear();
      for (const box of boxes) box.checked = false;
      view.filters.delete(key);
      change();
    } }, say("take_filter_off"))];
}

// What is chosen to be coded: the rows that are selected, else the one at hand

/** @returns {number[]} */
const targets = () => (selected.size ? [...selected] : shown.length ? membersAt(active) : []);

/** @param {number} place @param {{ extend?: boolean, toggle?: boolean }} [how] */
function goTo(place, { extend = false, toggle = false } = {}) {
  if (!shown.length) return;
  const before = active;
  active = Math.max(0, Math.min(place, shown.length - 1));
  const was = new Set(selected);
  if (extend) {
    selected = new Set();
    for (let at = Math.min(anchor, active); at <= Math.max(anchor, active); at++) for (const row of membersAt(at)) selected.add(row);
  } else {
    anchor = active;
    const members = membersAt(active);
    const all = members.every((row) => selected.has(row));
    if (toggle) for (const row of members) if (all) selected.delete(row); else selected.add(row);
  }
  const [top, height] = [active * rowHeight, grid.clientHeight - headHeight()];
  if (top < grid.scrollTop) grid.scrollTop = top;
  else if (top + rowHeight > grid.scrollTop + height) grid.scrollTop = top + rowHeight - height;
  paint();
  again([shown[before] ?? 0, shown[active] ?? 0, ...[...was].filter((row) => !selected.has(row)), ...[...selected].filter((row) => !was.has(row))]);
  grid.setAttribute("aria-activedescendant", `row-${active}`);
  showChosen();
}

const headHeight = () => byId("head").offsetHeight;

function clearChoice() {
  const was = selected;
  selected = new Set();
  again(was);
  showChosen();
}

function selectAll() {
  selected = new Set(shown.flatMap((_row, place) => membersAt(place)));
  repaint();
  showChosen();
}

function showChosen() {
  const rows = targets();
  again(answers.end(rows));
  byId("chosen").textContent = selected.size ? say("chosen_n", { count: selected.size }) : rows.length > 1 ? say("chosen_same", { n: rows.length }) : say("this_answer");
  byId("do-clear").hidden = !selected.size;
  byId("reader").textContent = shown.length ? answers.texts[shown[active] ?? 0] ?? "" : "";
  byId("flag").setAttribute("aria-pressed", String(rows.length > 0 && rows.every((row) => answers.markOf(row).flag)));
  byId("open-codes").textContent = selected.size ? `${say("codes")} (${number(selected.size)})` : say("codes");
  showCodes(rows);
}

/** Whether one has the last word now on what others coded. */
const settling = () => /** @type {HTMLInputElement | null} */ (maybe("settle"))?.checked === true;
/** @param {number} row @param {string} code whether it is given by oneself, or as the last word */
const mine = (row, code) => (settling() ? ["last"] : ["mine", "unsure"]).includes(answers.markOf(row).codes[code] ?? "");
/** Those to be coded; for the last word those that somebody else coded. */
function subjects() {
  const rows = targets();
  if (!settling()) return rows;
  const others = rows.filter((row) => answers.markOf(row).who.some((one) => one !== me) || Object.values(answers.markOf(row).codes).includes("last"));
  if (others.length < rows.length) toast(say("nobody_else_coded", { count: rows.length - others.length }));
  return others;
}

/** @param {number[]} rows */
function showCodes(rows) {
  const words = byId("filter").value.trim().toLowerCase().split(/\s+/);
  const listed = answers.codes.filter((code) => words.every((word) => `${code.number} ${code.label} ${code.id} ${code.definition}`.toLowerCase().includes(word)));
  /** @type {Map<string, number>} */
  const have = new Map();
  for (const row of rows) for (const [code, how] of Object.entries(answers.markOf(row).codes)) {
    if (settling() ? how === "last" : how === "mine" || how === "unsure") have.set(code, (have.get(code) ?? 0) + 1);
  }
  const focused = document.activeElement?.getAttribute("data-code");
  fill(byId("codes"), listed.map((code) => {
    const count = have.get(code.id) ?? 0;
    return el("button", { type: "button", class: code.net ? "code under" : "code", "data-code": code.id, title: code.definition, onclick: () => give(code.id),
      "aria-pressed": count && count === rows.length ? "true" : count ? "mixed" : "false" },
      el("kbd", {}, keys.get(code.id) ?? "·"), el("span", { class: "label" }, code.label), el("span", { class: "count" }, count && rows.length > 1 ? number(count) : ""));
  }), listed.length ? [] : el("p", { class: "small" }, say("no_code")));
  if (focused) /** @type {HTMLElement | null} */ (byId("codes").querySelector(`[data-code="${CSS.escape(focused)}"]`))?.focus({ preventScroll: true });
}

// Coding

/** Whether there is something to code, and not too much of it for one act. @param {number[]} rows */
function possible(rows) {
  if (rows.length > MOST) toast(say("most_at_once", { most: MOST, n: rows.length }), true);
  return rows.length > 0 && rows.length <= MOST;
}

/** @param {number[]} rows @param {(row: number) => Record<string, Verdict>} of @param {boolean} [seen] */
function decide(rows, of, seen = false) {
  changes++;
  /** @type {Record<string, Record<string, Verdict>>} */
  const each = {};
  for (const row of rows) {
    const codes = of(row);
    each[answers.ids[row] ?? ""] = codes;
    const mark = answers.own(row);
    for (const [code, verdict] of Object.entries(codes)) {
      if (mark.codes[code] === "last" && !settling()) continue;
      if (verdict === "no") delete mark.codes[code];
      else mark.codes[code] = settling() ? "last" : verdict === "yes" ? "mine" : "unsure";
    }
    if (seen) answers.coding.delete(row);
    if (settling()) mark.apart = mark.apart && !seen;
    else {
      mark.seen = mark.seen || seen || Object.values(codes).includes("yes");
      mark.who = [...mark.who.filter((one) => one !== me), ...(mark.seen ? [me] : [])];
    }
  }
  save({ kind: "decide", units: Object.keys(each), each, seen, adjudicate: settling() });
  again(rows);
  showChosen();
  showStale(rows);
}

/** @param {string} code */
function give(code) {
  const rows = subjects();
  if (!possible(rows)) return;
  const verdict = rows.every((row) => mine(row, code)) ? "no" : "yes";
  last = code;
  if (!settling()) for (const row of rows) answers.begin(row, code);
  const left = verdict === "yes" ? rows.filter((row) => answers.proposedOf(row).some((one) => one !== code)).length : 0;
  decide(rows, () => ({ [code]: verdict }));
  if (left) toast(say("proposals_left", { count: left }));
  announce(say(verdict === "yes" ? "given_to_n" : "taken_from_n", { code: labels.get(code), count: rows.length }));
}

function unsure() {
  const rows = targets().filter((row) => mine(row, last));
  if (!rows.length || settling()) { announce(say("unsure_what")); return; }
  if (!possible(rows)) return;
  const verdict = rows.every((row) => answers.markOf(row).codes[last] === "unsure") ? "yes" : "unsure";
  decide(rows, () => ({ [last]: verdict }));
  announce(say(verdict === "unsure" ? "made_unsure" : "given", { code: labels.get(last) }));
}

function accept() {
  if (settling()) { closeThem(); return; }
  const rows = targets().filter((row) => answers.proposedOf(row).length);
  if (!rows.length) { toast(say("nothing_proposed")); return; }
  if (!possible(rows)) return;
  decide(rows, (row) => Object.fromEntries(answers.proposedOf(row).map((code) => [code, "yes"])), true);
  announce(say("accepted_n", { count: rows.length }));
  onward();
}

/** The last word on these answers: what coders differ on, and was not given, does not count. */
function closeThem() {
  const rows = subjects();
  if (!possible(rows)) return;
  decide(rows, () => ({}), true);
  announce(say("settled_n", { count: rows.length }));
  onward();
}

function noneFits() {
  const rows = subjects();
  if (!possible(rows)) return;
  decide(rows, (row) => Object.fromEntries([...Object.keys(answers.markOf(row).codes).filter((code) => settling() || mine(row, code)), ...answers.proposedOf(row)].map((code) => [code, "no"])), true);
  announce(say("none_fits"));
  onward();
}

function onward() {
  if (!selected.size) goTo(active + 1);
}

function flag() {
  const rows = targets();
  if (!possible(rows)) return;
  changes++;
  const on = !rows.every((row) => answers.markOf(row).flag);
  for (const row of rows) answers.own(row).flag = on;
  save({ kind: "flag", units: rows.map((row) => answers.ids[row] ?? ""), on });
  again(rows);
  showChosen();
  announce(say(on ? "flagged" : "unflagged"));
}

function undo() {
  changes++;
  save({ kind: "undo", grid: true }, (done) => {
    if (done.error) return;
    if (done.codebook) {
      toast(say("undone_codebook", { n: done.codebook }));
      load();
      return;
    }
    answers.end();
    const rows = answers.mark(done.marks ?? {});
    if (!rows.length) { announce(say("nothing_to_undo")); return; }
    const there = new Set(shown.flatMap((_row, place) => membersAt(place)));
    if (rows.some((row) => !there.has(row) && answers.passes(view, row, found))) choose(); // what was filtered away is back
    else again(rows);
    const place = shown.findIndex((_row, at) => membersAt(at).includes(rows[0] ?? -1));
    if (place >= 0) goTo(place);
    announce(say("undone"));
    showStale(rows);
  });
}

// What was coded stays where it is, also where it is not what was asked for any more, until somebody filters again.
/** @type {Set<number>} */
let touched = new Set();
/** @param {number[]} rows */
function showStale(rows) {
  if (byId("stale").hidden) touched = new Set();
  for (const row of rows) touched.add(row);
  const count = view.filters.size ? [...touched].filter((row) => !answers.passes(view, row, found)).length : 0;
  byId("stale").hidden = !count;
  byId("stale").textContent = say("no_longer", { count });
}

// Keys, clicks

/** @type {Record<string, () => void>} */
const commands = {
  Enter: accept, n: noneFits, u: undo, x: unsure, f: flag, "/": () => byId("filter").focus(), z: () => byId("search").focus(), "?": help,
  j: () => goTo(active + 1), k: () => goTo(active - 1), Escape: clearChoice,
};
/** @type {Record<string, () => number>} */
const moves = {
  ArrowDown: () => active + 1, ArrowUp: () => active - 1, Home: () => 0, End: () => shown.length - 1,
  PageDown: () => active + page(), PageUp: () => active - page(),
};
const page = () => Math.max(1, Math.floor((grid.clientHeight - headHeight()) / rowHeight) - 1);

function help() {
  showHelp([["↑ ↓", "move"], ["⇧ ↓", "extend"], ["␣", "pick"], ["Ctrl A", "all"], ["Esc", "clear"], ["Enter", "accept"]]
    .map(([names, word]) => [names ?? "", `key_grid_${word}`]), ["n", "u", "x", "f", "/", "z", "?"]);
}

document.addEventListener("keydown", (event) => {
  const target = event.target;
  if (dialogOpen() || !(target instanceof HTMLElement) || !answers) return;
  if (event.key === "Escape" && typing(target)) { target.blur(); grid.focus({ preventScroll: true }); return; }
  if (typing(target)) return;
  const control = target.closest("a, summary, button, input, .reader");
  const move = control ? undefined : moves[event.key];
  if (move && !event.altKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    goTo(move(), { extend: event.shiftKey });
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "a") { event.preventDefault(); selectAll(); return; }
  if (event.key === " " && !control) { event.preventDefault(); goTo(active, { toggle: true }); return; }
  if (event.key === "Escape") { clearChoice(); return; }
  if (keysOff() || (event.key === "Enter" && control)) return;
  const key = keyOf(event);
  const code = [...keys].find(([, one]) => one === key)?.[0];
  const act = commands[key] ?? (code ? () => give(code) : null);
  if (!act) return;
  event.preventDefault();
  act();
});

body.addEventListener("mousedown", (event) => { if (event.shiftKey) event.preventDefault(); }); // no text is marked
body.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const row = target?.closest(".grid-row");
  if (!(row instanceof HTMLElement) || !target) return;
  const toggle = event.ctrlKey || event.metaKey || target.closest(".pick") !== null;
  if (!toggle && !event.shiftKey && getSelection()?.toString()) return; // words were marked, to be copied
  if (!toggle && !event.shiftKey && selected.size) clearChoice();
  goTo(Number(row.dataset.place), { extend: event.shiftKey, toggle });
});

for (const [id, act] of Object.entries({ "do-accept": accept, "do-none": noneFits, "do-undo": undo, "do-help": help, "do-clear": clearChoice, flag })) {
  maybe(id)?.addEventListener("click", act);
}
byId("stale").addEventListener("click", () => choose());
byId("open-codes").addEventListener("click", () => {
  byId("open-codes").setAttribute("aria-expanded", String(document.body.classList.toggle("codes-open")));
});
byId("fold").addEventListener("change", () => { view.fold = byId("fold").checked; change(); });
byId("search-form").addEventListener("submit", (event) => { event.preventDefault(); view.query = byId("search").value.trim(); change(true).then(() => grid.focus({ preventScroll: true })); });
byId("columns").addEventListener("click", () => askColumns(answers.names, view.columns, (names) => {
  view.columns = names;
  keepColumns(names);
  change();
}));
byId("filter").addEventListener("input", () => showCodes(targets()));
byId("filter").addEventListener("keydown", (event) => {
  const first = byId("codes").querySelector("[data-code]");
  if (event.key !== "Enter" || !first) return;
  event.preventDefault();
  byId("filter").value = "";
  grid.focus({ preventScroll: true });
  give(first.getAttribute("data-code") ?? "");
});

// What others do

async function follow() {
  try {
    const before = changes;
    const now = pending() || document.hidden ? null : await api("grid-now", { event: answers.event });
    if (now && before === changes && !pending()) {
      answers.event = now.event;
      if (now.anew) await load();
      else again(answers.mark(now.marks));
      if (now.proposed) await more();
    }
  } catch {
    // The next look comes soon.
  }
  setTimeout(follow, EVERY);
}

maybe("settle")?.addEventListener("change", () => {
  byId("enter-does").textContent = say(settling() ? "settle_close" : "take_proposed");
  showChosen();
});

async function start() {
  view = readView(new URLSearchParams(location.search), columnsKept());
  await load();
  grid.focus({ preventScroll: true });
  document.body.dataset.ready = "yes";
  setTimeout(follow, EVERY);
}
start().catch(failed);
