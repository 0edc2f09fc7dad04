// @ts-check
// The page on which a document is read and coded. What is shown changes at once; the server is told in the background.

import { announce, api, byId, dialog, dialogOpen, el, failed, fill, maybe, messageOf, newId, number, pending, percent, save, say, svg, toast } from "./common.js";
import { keyOf, keysOfCodes, keysOff, setKeysOff, typing } from "./keys.js";
import { toPoints, wordsOf } from "./places.js";
import { PlanView } from "./plan.js";

/** @import { Act, Code, Fragment, Passage, Plan, ReadDone, Suggested } from "./protocol.d.ts" */
/** @import { Mark } from "./plan.js" */

const EVERY = 3000;
const HUES = 8;
const SPECIAL = { other: "q" }; // letters that are no command here
const COMMANDS = [" ", "[", "]", "w", "W", "m", "u", "n", "g", "c", "o", "/", "?", "Enter", "Escape", "j", "k"];
const reading = /** @type {HTMLElement} */ (document.querySelector(".reading"));
const name = reading.dataset.document ?? "";

/**
 * `at` and `until` are the first and last block that keys are about; `part` is a place in them, in code points. `mine`:
 * what this page did itself since it read what was decided, so that it is not taken for somebody else's.
 * @type {{ plan: Plan, codes: Code[], keys: Map<string, string>, hues: Map<string, number>, at: number, until: number,
 *   part: { start: number, end: number } | null, read: Set<number>, control: Set<number>, last: string, mine: Set<string>,
 *   counts: Record<string, number> }}
 */
const state = {
  plan: /** @type {any} */ (null), codes: [], keys: new Map(), hues: new Map(), at: 0, until: 0, part: null, read: new Set(),
  control: new Set(), last: "", mine: new Set(), counts: {},
};
/** @type {PlanView} */
let view;
const who = document.body.dataset.who ?? "";
/** @param {string} id */
const codeOf = (id) => state.codes.find((code) => code.id === id);
/** @param {string} id */
const labelOf = (id) => codeOf(id)?.label ?? id;
/** @param {string} id */
const hueOf = (id) => state.hues.get(id) ?? 0;

// Blocks and places

/** @param {number} block */
const startOf = (block) => state.plan.starts[block] ?? 0;
/** The end of a block that is held; of another the start of the next is near enough. @param {number} block */
function endOf(block) {
  const one = view.block(block);
  return one ? one.start + toPoints(one.text, one.text.length) : (state.plan.starts[block + 1] ?? state.plan.size);
}

/** The block in which a place stands. @param {number} place */
function blockAt(place) {
  let low = 0;
  let high = state.plan.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (startOf(middle) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What keys are about: a part, or whole blocks. */
function target() {
  if (!state.plan.starts.length) return null;
  return state.part
    ? { first: state.at, last: state.until, ...state.part }
    : { first: state.at, last: state.until, start: startOf(state.at), end: endOf(state.until) };
}

/** The fragments that touch a span. @param {number} start @param {number} end @param {(one: Fragment) => boolean} [which] */
const touching = (start, end, which = () => true) =>
  state.plan.fragments.filter((one) => one.start < end && one.end > start && which(one));
const own = (/** @type {Fragment} */ one) => one.who === who;
const replaced = (/** @type {Fragment} */ one) => state.plan.replaced.includes(one.id);
/** The fragments of the last word. @param {number} start @param {number} end */
const lastIn = (start, end) => state.plan.last.filter((one) => one.start < end && one.end > start);

/** What is proposed in a passage and not given by oneself there. @param {Passage} passage */
const open = (passage) => passage.proposals.filter((one) => !touching(one.start, one.end, (given) => own(given) && given.code === one.code).length);

/** @returns {Suggested[]} */
function proposedHere() {
  const here = target();
  const passage = here && view.held.get(view.numberOf(here.first));
  return here && passage ? open(passage).filter((one) => one.start < here.end && one.end > here.start) : [];
}

/** What stands in the margin between two places. @param {number} start @param {number} end @param {Passage} passage @returns {Mark[]} */
function marks(start, end, passage) {
  const given = touching(start, end).map((one) => ({
    start: one.start, end: one.end, hue: hueOf(one.code), label: String(codeOf(one.code)?.number ?? ""),
    title: labelOf(one.code) + (one.verdict === "unsure" ? " ?" : "") + (own(one) ? "" : ` (${one.who})`) + (replaced(one) ? `, ${say("does_not_count")}` : "") + (one.memo ? ` – ${one.memo}` : ""),
    kind: /** @type {Mark["kind"]} */ (replaced(one) ? "replaced" : one.verdict === "unsure" ? "unsure" : own(one) ? "own" : "other"),
  }));
  const last = lastIn(start, end).map((one) => ({
    start: one.start, end: one.end, hue: hueOf(one.code), label: `✓${codeOf(one.code)?.number ?? ""}`, title: `${labelOf(one.code)}, ${say("last_word_of", { who: one.who })}`, kind: /** @type {const} */ ("last"),
  }));
  const proposed = open(passage).map((one) => ({
    start: one.start, end: one.end, hue: hueOf(one.code), label: String(codeOf(one.code)?.number ?? ""),
    title: `${labelOf(one.code)}: ${one.reason || percent(one.chance)}`, kind: /** @type {const} */ ("proposed"),
  }));
  return [...given, ...last, ...proposed];
}

// What is decided

/** Codes that are given or taken away. @param {Fragment[]} made @param {Fragment[]} gone @param {boolean} [taken] over from what is proposed */
function change(made, gone, taken = false) {
  const ids = new Set(gone.map((one) => one.id)); // what was decided may have been read anew since
  state.plan.fragments = [...state.plan.fragments.filter((one) => !ids.has(one.id)), ...made];
  for (const one of [...made, ...gone]) state.counts[one.code] = (state.counts[one.code] ?? 0) + (made.includes(one) ? 1 : -1);
  if (gone.length) {
    const since = gone.some((one) => state.mine.has(one.id)) ? null : state.plan.event;
    send({ kind: "uncode", document: name, fragments: gone.map((one) => one.id), since }, settled);
  }
  if (made.length) {
    for (const one of made) state.mine.add(one.id);
    const spans = made.map(({ start, end, code, id, memo, verdict }) => ({ start, end, code, id, memo, verdict, proposed: taken }));
    send({ kind: "code", document: name, spans, since: state.plan.event }, settled);
  }
}

/** What was refused is read anew, so that the page shows what the study has. @param {ReadDone} done */
function settled(done) {
  if (done.error) refresh().catch(failed);
}

/** @param {string} code @param {number} start @param {number} end @returns {Fragment} */
const fragment = (code, start, end) => ({ id: newId(), start, end, code, who, memo: "", verdict: "yes" });

/** @param {string} code */
function toggle(code) {
  const here = target();
  if (!here) return;
  const held = touching(here.start, here.end, (one) => own(one) && one.code === code);
  state.last = code;
  if (held.length) change([], held);
  else change([fragment(code, here.start, here.end)], []);
  announce(say(held.length ? "taken" : "given", { code: labelOf(code) }));
  show();
}

/** @param {Suggested} one */
function take(one) {
  change([fragment(one.code, one.start, one.end)], [], true);
  state.last = one.code;
  announce(say("given", { code: labelOf(one.code) }));
  show();
}

function accept() {
  const proposed = proposedHere();
  if (proposed.length) change(proposed.map((one) => fragment(one.code, one.start, one.end)), [], true);
  readOn();
}

function nothing() {
  const here = target();
  if (!here) return;
  const held = touching(here.start, here.end, own);
  if (held.length) change([], held);
  announce(say("nothing_here"));
  readOn();
}

function readOn() {
  const here = target();
  if (!here) return;
  const unread = [];
  for (let block = here.first; block <= here.last; block++) if (!state.read.has(block)) unread.push(block);
  if (unread.length) {
    const blind = unread.some((block) => state.control.has(block));
    for (const block of unread) state.read.add(block);
    const done = (/** @type {ReadDone} */ answer) => {
      settled(answer);
      if (blind) refresh(true).catch(failed);
    };
    send({ kind: "read", document: name, start: startOf(here.first), end: endOf(here.last), on: true, since: state.plan.event }, done);
  }
  const next = here.last + 1;
  if (next >= state.plan.starts.length) {
    announce(say("at_end_of_plan"));
    toast(say("at_end_of_plan"));
    show();
    return;
  }
  go(next);
}

function undo() {
  send({ kind: "undo" }, async (/** @type {ReadDone} */ done) => {
    if (done.error) return;
    if (!done.document) {
      announce(say("nothing_to_undo"));
      toast(say("nothing_to_undo"));
      return;
    }
    announce(say("undone"));
    if (done.document !== name) {
      toast(say("undone_elsewhere", { document: done.document }));
      return;
    }
    await refresh(true);
    go(blockAt(done.start ?? 0));
  });
}

function writeMemo() {
  const here = target();
  const held = here ? touching(here.start, here.end, own) : [];
  const first = held.find((one) => one.code === state.last) ?? held[0];
  if (!first) {
    toast(say("memo_of_what"));
    return;
  }
  let chosen = first;
  const text = el("textarea", { maxlength: 4000, autofocus: true, "aria-label": say("memo"), rows: 5 });
  text.value = chosen.memo;
  const which = el("select", { "aria-label": say("code_word"), onchange: () => {
    chosen = held[which.selectedIndex] ?? first;
    text.value = chosen.memo;
  } }, held.map((one) => el("option", { selected: one === chosen }, labelOf(one.code))));
  /** @param {() => void} close */
  const keep = (close) => {
    for (const one of state.plan.fragments) if (one.id === chosen.id) one.memo = text.value;
    const since = state.mine.has(chosen.id) ? null : state.plan.event;
    state.mine.add(chosen.id);
    send({ kind: "memo", document: name, fragments: [chosen.id], memo: text.value, since }, settled);
    close();
    show();
  };
  dialog(say("memo"), (close) => [
    held.length > 1 ? which : el("p", {}, labelOf(first.code)),
    el("form", { class: "stack", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); keep(close); },
      onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) keep(close); } },
    text, el("div", { class: "row" }, el("button", { type: "submit", class: "primary" }, say("keep_memo")),
      el("button", { type: "button", onclick: close }, say("cancel"), el("kbd", {}, "Esc")))),
  ]);
}

// What keys are about

/** @param {number} block @param {{ jump?: boolean, part?: { start: number, end: number } | null, focus?: boolean }} [how] */
async function go(block, { jump = false, part = null, focus = true } = {}) {
  /** @type {[number, number]} */
  const before = [state.at, state.until];
  state.at = state.until = Math.max(0, Math.min(block, state.plan.starts.length - 1));
  state.part = part;
  if (!view.block(state.at)) await view.show(state.at, jump);
  view.redrawBlocks(before, [state.at, state.until]);
  showSide();
  await view.show(state.at, jump);
  if (focus) document.getElementById(`b${state.at}`)?.focus({ preventScroll: true });
  address();
}

/** @param {1 | -1} step */
function extend(step) {
  const until = Math.max(state.at, Math.min(state.until + step, state.plan.starts.length - 1));
  const before = state.until;
  state.until = until;
  state.part = null;
  view.redrawBlocks([state.at, Math.max(before, until)]);
  showSide();
  view.show(until);
}

/** The parts of a block in code points: its sentences, or its words. @param {number} block @param {"sentence" | "word"} unit */
function partsOf(block, unit) {
  const one = view.block(block);
  if (!one) return [];
  if (unit === "word") return wordsOf(one.text).map(([start, end]) => ({ start: one.start + toPoints(one.text, start), end: one.start + toPoints(one.text, end) }));
  if (!one.sentences.length) return [{ start: one.start, end: one.start + toPoints(one.text, one.text.length) }];
  return one.sentences.map(([start, end]) => ({ start: one.start + start, end: one.start + end }));
}

/** The next or previous sentence or word, or with `more` up to and with it. @param {"sentence" | "word"} unit @param {1 | -1} step @param {boolean} more */
async function choosePart(unit, step, more) {
  const parts = partsOf(state.at, unit);
  const now = state.part;
  if (more && now) {
    const next = step > 0 ? parts.find((one) => one.end > now.end) : [...parts].reverse().find((one) => one.start >= now.start && one.end < now.end);
    if (!next || next.end <= now.start) return;
    state.part = { start: now.start, end: next.end };
  } else {
    const place = now ? (step > 0 ? parts.findIndex((one) => one.start >= now.end) : parts.findLastIndex((one) => one.end <= now.start)) : step > 0 ? 0 : parts.length - 1;
    const next = parts[place];
    if (!next) {
      const other = state.at + step;
      if (other < 0 || other >= state.plan.starts.length) return;
      await view.show(other);
      const there = partsOf(other, unit);
      await go(other, { part: (step > 0 ? there[0] : there[there.length - 1]) ?? null });
      return;
    }
    state.part = next;
  }
  show();
  view.show(state.at);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let selecting;
document.addEventListener("selectionchange", () => {
  clearTimeout(selecting);
  selecting = setTimeout(takeSelection, 60);
});

/** What is selected is what keys are about; also where a key comes at once. */
function takeSelection() {
  clearTimeout(selecting);
  selecting = undefined;
  const found = view?.selection();
  if (!found) return;
  const before = [state.at, state.until];
  state.at = found.first;
  state.until = found.last;
  state.part = { start: found.start, end: found.end };
  for (const shown of view.place.querySelectorAll(".block")) { // words stay as they are: the selection is in them
    const block = Number(/** @type {HTMLElement} */ (shown).dataset.block);
    const now = block >= found.first && block <= found.last;
    if (now || before.includes(block)) shown.classList.toggle("now", now);
  }
  showSide();
  address();
}

// What is shown

function show() {
  view.redrawBlocks([state.at, state.until]);
  showSide();
}

function showSide() {
  showWhere();
  showGiven();
  showLastWord();
  showProposals();
  showCodes();
  later(showOutline);
  later(showPicture);
}

/** @type {Set<() => void>} */
const waiting = new Set();
/** What may come after the key was answered. @param {() => void} done */
function later(done) {
  if (!waiting.size) setTimeout(() => { for (const one of waiting) one(); waiting.clear(); }, 80);
  waiting.add(done);
}

function showWhere() {
  const one = view.block(state.at);
  const page = one && (one.label || one.page) ? say("page_n", { n: one.label || one.page }) : "";
  const all = state.plan.starts.length;
  byId("where").textContent = [say("block_of", { n: number(state.at + 1), of: number(all) }), page, say("share_read", { share: percent(all ? state.read.size / all : 0) })].filter(Boolean).join(" · ");
  byId("control-note").hidden = !state.control.has(state.at);
  const size = state.until - state.at + 1;
  byId("target").textContent = state.part ? say("on_part") : size > 1 ? say("on_blocks", { count: size }) : say("on_block");
}

function showGiven() {
  const here = target();
  const held = here ? touching(here.start, here.end).sort((one, other) => one.start - other.start) : [];
  fill(byId("given"), held.map((one) => own(one)
    ? el("button", { type: "button", class: `chip hue-${hueOf(one.code)}`, title: say("take_away"), onclick: () => { change([], [one]); show(); } },
      labelOf(one.code) + (one.memo ? " ✎" : ""))
    : el("span", { class: `chip other hue-${hueOf(one.code)}`, title: replaced(one) ? say("does_not_count") : null }, `${labelOf(one.code)} · ${one.who}`)),
  held.some(replaced) ? el("p", { class: "small" }, say("replaced_here")) : null,
  (here ? lastIn(here.start, here.end) : []).map((one) => el("span", { class: `chip other hue-${hueOf(one.code)}` }, `✓ ${labelOf(one.code)} · ${say("last_word_of", { who: one.who })}`)),
  held.filter((one) => one.memo).map((one) => el("p", { class: "small memo" }, `${labelOf(one.code)}: ${one.memo}`)),
  held.length ? null : el("span", { class: "small" }, say("nothing_coded_here")));
}

/** Where readers differ, for who has the last word: what each gave, and one's choice. */
function showLastWord() {
  const differ = state.plan.differ.find((one) => one.block === state.at);
  const last = state.plan.settled.find((one) => one.block === state.at);
  const next = state.plan.differ.find((one) => one.block > state.at) ?? state.plan.differ.find((one) => one.block !== state.at);
  /** @param {string[]} codes */
  const chips = (codes) => (codes.length ? codes.map((code) => el("span", { class: `chip other hue-${hueOf(code)}` }, labelOf(code))) : [el("span", { class: "small" }, say("nothing_coded_here"))]);
  byId("last-word").hidden = !differ && !last && !next;
  fill(byId("last-word"),
    differ ? [el("p", { class: "small" }, say("readers_differ")), ...Object.entries(differ.readers).map(([reader, codes]) => el("div", { class: "row reader" },
      el("strong", {}, reader), ...chips(codes), el("button", { type: "button", "data-reader": reader, onclick: () => settle(reader) }, say("as_reader", { reader }))))] : [],
    last ? [el("p", { class: "small" }, say("has_last_word")), el("div", { class: "row reader" }, ...chips(last.codes),
      el("button", { type: "button", onclick: () => settle("", false) }, say("take_back_word")))] : [],
    differ || next ? el("a", { href: `differences?${new URLSearchParams({ document: name })}` }, say("differences_of_plan")) : null,
    next ? el("button", { type: "button", id: "do-next-difference", onclick: () => go(next.block, { jump: true }) }, say("next_difference", { count: state.plan.differ.length })) : null);
}

/** The last word on the block where one is: as a reader coded it, or none any more. @param {string} reader @param {boolean} [on] */
function settle(reader, on = true) {
  const [start, end] = [startOf(state.at), endOf(state.at)];
  const spans = touching(start, end, (one) => on && one.who === reader && one.verdict === "yes" && !replaced(one)).map((one) => ({
    id: newId(), start: Math.max(one.start, start), end: Math.min(one.end, end), code: one.code, memo: "", verdict: /** @type {const} */ ("yes"), proposed: false,
  }));
  send({ kind: "settle", document: name, start, end, spans, on, since: state.plan.event }, () => {
    refresh().then(() => announce(say(on ? "last_word_given" : "last_word_taken"))).catch(failed);
  });
}

function showProposals() {
  fill(byId("proposals"), proposedHere().map((one) => el("button", { type: "button", class: "proposal", "data-state": "proposed", onclick: () => take(one) },
    el("kbd", { class: "state" }, state.keys.get(one.code) ?? "·"),
    el("span", { class: "label" }, labelOf(one.code), el("span", { class: "hidden-words" }, ` (${say("state_proposed")})`)),
    el("span", { class: "why" }, one.reason), el("span", { class: "chance" }, one.chance ? percent(one.chance) : ""))));
}

function showCodes() {
  const here = target();
  const held = new Set(here ? touching(here.start, here.end, own).map((one) => one.code) : []);
  const focused = document.activeElement?.getAttribute("data-code");
  fill(byId("codes"), state.codes.map((code) => el("button", {
    type: "button", class: code.net ? "code under" : "code", "data-code": code.id, "aria-pressed": String(held.has(code.id)),
    title: code.definition, onclick: () => toggle(code.id),
  }, el("kbd", {}, state.keys.get(code.id) ?? "·"),
  el("span", { class: "label" }, el("span", { class: `dot hue-${hueOf(code.id)}`, "aria-hidden": "true" }, String(code.number)), code.label),
  el("span", { class: "count", "aria-label": say("times_in_plans", { count: state.counts[code.id] ?? 0 }) }, String(state.counts[code.id] ?? "")))));
  if (focused) /** @type {HTMLElement | null} */ (byId("codes").querySelector(`[data-code="${CSS.escape(focused)}"]`))?.focus({ preventScroll: true });
}

// The outline

/** @typedef {{ block: number, title: string, page: string, level: number, start: number, end: number, link: HTMLElement, line: HTMLElement, key: string }} Section */
/** @type {Section[]} */
let sections = [];

function makeOutline() {
  const headings = state.plan.outline.length ? state.plan.outline : [{ block: 0, level: 1, title: say("whole_plan"), page: "" }];
  sections = headings.map((one, place) => {
    const next = headings[place + 1];
    const line = el("span", { class: "code-line", "aria-hidden": "true" });
    const link = el("a", { href: `#b${one.block}`, tabindex: place ? -1 : 0, class: `level-${Math.min(one.level, 4)}`, onclick: (/** @type {Event} */ event) => { event.preventDefault(); leaveOutline(); go(one.block, { jump: true }); } },
      el("span", { class: "title" }, one.title), el("span", { class: "page" }, one.page), line);
    return { ...one, start: startOf(one.block), end: next ? startOf(next.block) : state.plan.size, link, line, key: "" };
  });
  fill(byId("outline"), sections.map((one) => one.link));
}

// One stop for the Tab key: the part where one is. Arrows go on from there.
byId("outline").addEventListener("keydown", (event) => {
  const place = sections.findIndex((one) => one.link === event.target);
  const next = sections[place + (event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0)];
  if (place < 0 || !next || !event.key.startsWith("Arrow")) return;
  event.preventDefault();
  event.stopPropagation();
  next.link.focus();
});

/** Where it stands above the text, it makes room for that. */
function leaveOutline() {
  if (matchMedia("(max-width: 1100px)").matches) byId("outline-part").removeAttribute("open");
}

function showOutline() {
  const given = [...state.plan.fragments].sort((one, other) => one.start - other.start);
  let first = 0;
  let now = null;
  for (const [place, section] of sections.entries()) {
    while ((given[first]?.start ?? Infinity) < section.start) first++;
    const here = [];
    for (let at = first; at < given.length && (given[at]?.start ?? Infinity) < section.end; at++) here.push(/** @type {Fragment} */ (given[at]));
    const stop = sections[place + 1]?.block ?? state.plan.starts.length;
    let read = 0;
    for (let block = section.block; block < stop; block++) if (state.read.has(block)) read++;
    const share = stop > section.block ? read / (stop - section.block) : 0;
    if (state.at >= section.block && state.at < stop) now = section;
    drawLine(section, here, share);
  }
  for (const one of sections) {
    if (one === now && !one.link.hasAttribute("aria-current")) {
      one.link.setAttribute("aria-current", "location");
      one.link.tabIndex = 0;
      const list = byId("outline");
      const [top, view_] = [one.link.offsetTop - list.offsetTop, list.clientHeight];
      if (top < list.scrollTop || top > list.scrollTop + view_ - 60) list.scrollTop = top - view_ / 3;
    } else if (one !== now) {
      one.link.removeAttribute("aria-current");
      one.link.tabIndex = -1;
    }
  }
}

/** @param {Section} section @param {Fragment[]} here @param {number} share */
function drawLine(section, here, share) {
  const key = `${share} ${here.map((one) => `${one.code}${one.start}`).join()}`;
  if (section.key === key) return;
  section.key = key;
  /** @type {Record<string, number>} */
  const counts = {};
  for (const one of here) counts[one.code] = (counts[one.code] ?? 0) + 1;
  section.link.setAttribute("aria-label", [section.title, section.page ? say("page_n", { n: section.page }) : "", share === 1 ? say("is_read") : "",
    ...Object.entries(counts).map(([code, count]) => `${labelOf(code)} ${count}`)].filter(Boolean).join(", "));
  const size = Math.max(1, section.end - section.start);
  section.line.replaceChildren(svg("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none" },
    svg("rect", { class: "whole", y: 2, width: 100, height: 2 }), svg("rect", { class: "done", y: 2, width: 100 * share, height: 2 }),
    ...here.map((one) => svg("rect", { class: `hue-${hueOf(one.code)}`, x: Math.min(98, (100 * (one.start - section.start)) / size), width: Math.max(2, Math.min(100, (100 * (one.end - one.start)) / size)), height: 6 }))));
}

// Searching

let asked = 0;
async function search() {
  const query = byId("search").value;
  const mine = ++asked;
  byId("search-error").hidden = true;
  if (!query.trim()) {
    byId("found").hidden = true;
    return;
  }
  try {
    const found = await api("search", { document: name, query });
    if (mine !== asked) return;
    byId("found").hidden = false;
    fill(byId("found"), el("p", { class: "small", role: "status" }, say("found_places", { count: found.total })), found.hits.map((hit) =>
      el("a", { href: `#b${hit.block}`, onclick: (/** @type {Event} */ event) => { event.preventDefault(); leaveOutline(); go(hit.block, { jump: true, part: { start: hit.start, end: hit.end } }); } },
        el("span", { class: "page" }, hit.page), el("span", {}, hit.before.slice(-28), el("mark", {}, hit.words), hit.after.slice(0, 28)))));
    const first = found.hits[0];
    if (first) {
      byId("search").blur();
      await go(first.block, { jump: true, part: { start: first.start, end: first.end } });
    }
  } catch (error) {
    byId("search-error").hidden = false;
    byId("search-error").textContent = messageOf(error);
  }
}

// The server

let acts = 0;
let unseen = false;
/** @param {Act} act @param {(done: ReadDone) => void} done */
function send(act, done) {
  acts += 1;
  save(act, done);
}

/** What was decided is read anew; with `passages` what is proposed too. @param {boolean} [passages] */
async function refresh(passages = false) {
  unseen = unseen || passages;
  const before = acts;
  const found = await api("decided", undefined, new URLSearchParams({ document: name }));
  if (pending() || acts !== before) return; // what was done meanwhile is newer: the next look takes it over
  takeOver(found);
  if (unseen) {
    unseen = false;
    await view.renew();
  }
  view.redraw([...view.near]);
  showSide();
}

/** @param {import("./protocol.d.ts").Decided} found */
function takeOver(found) {
  Object.assign(state.plan, { event: found.event, fragments: found.fragments, differ: found.differ, settled: found.settled, last: found.last, replaced: found.replaced });
  state.read = blocksOf(found.read);
  state.control = blocksOf(found.control);
  state.mine.clear();
}

/** @param {[number, number][]} ranges */
function blocksOf(ranges) {
  const found = new Set();
  for (const [first, stop] of ranges) for (let block = first; block < stop; block++) found.add(block);
  return /** @type {Set<number>} */ (found);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let writing;
// The address says where one is, so that it can be shared, and the back button comes back to it.
function address() {
  clearTimeout(writing);
  writing = setTimeout(() => history.replaceState(null, "", `?${new URLSearchParams({ document: name, block: String(state.at) })}`), 250);
}

async function watch() {
  try {
    const now = await api("now");
    state.counts = pending() ? state.counts : now.counts;
    if (now.codebook !== state.plan.codebook) {
      state.plan.codebook = now.codebook;
      await loadCodes();
      show();
    }
    if ((now.event !== state.plan.event || unseen) && !pending()) await refresh();
    else if (!pending() && !dialogOpen()) showCodes();
  } catch {
    // The next look comes soon; what was done waits in the outbox, which says so itself.
  }
  setTimeout(watch, EVERY);
}

const loadCodes = async () => use((await api("codes")).codes);

/** @param {Code[]} codes */
function use(codes) {
  state.codes = codes;
  state.keys = keysOfCodes(state.codes, SPECIAL);
  state.hues = new Map(state.codes.map((code, place) => [code.id, place % HUES]));
}

// Other pages, and dialogs

function toFragments() {
  const here = target();
  const held = here ? touching(here.start, here.end) : [];
  const code = held.find((one) => one.code === state.last)?.code ?? held[0]?.code ?? (state.last || state.codes[0]?.id);
  if (!code) return;
  history.replaceState(null, "", `?${new URLSearchParams({ document: name, block: String(state.at) })}`);
  location.assign(`fragments?${new URLSearchParams({ code })}`);
}

function newCode() {
  const label = el("input", { name: "name", required: true, maxlength: 200, autofocus: true, autocomplete: "off" });
  const refused = el("p", { class: "error", role: "alert", hidden: true });
  dialog(say("new_code"), (close) => [el("form", { class: "stack", onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      const { code } = await api("new-code", { name: label.value });
      await loadCodes();
      close();
      toggle(code);
      toast(say("code_made", { code: labelOf(code) }));
    } catch (error) {
      refused.hidden = false;
      refused.textContent = messageOf(error);
    }
  } }, el("label", { class: "field" }, el("span", {}, say("name")), label), refused,
  el("div", { class: "row" }, el("button", { type: "submit", class: "primary" }, say("make"), el("kbd", {}, "Enter")),
    el("button", { type: "button", onclick: close }, say("cancel"), el("kbd", {}, "Esc"))))]);
}

// The page as it looks, beside its text

let pictured = 0;
function togglePicture() {
  if (byId("do-picture").disabled) return; // what was not read from a PDF has no pages to see
  const on = byId("picture-part").hidden !== false;
  byId("picture-part").hidden = !on;
  byId("picture-error").hidden = true;
  byId("do-picture").setAttribute("aria-pressed", String(on));
  reading.classList.toggle("with-picture", on);
  pictured = 0;
  showPicture();
}

/** Show the page on which one is, where pictures are shown. */
async function showPicture() {
  const page = view.block(state.at)?.page;
  if (byId("picture-part").hidden || !page || page === pictured) return;
  pictured = page;
  const width = Math.round(Math.min(1200, byId("picture-part").clientWidth * devicePixelRatio));
  const answer = await fetch(`picture?${new URLSearchParams({ document: name, page: String(page), width: String(width) })}`);
  if (page !== pictured) return;
  if (!answer.ok) {
    togglePicture();
    byId("picture-error").hidden = false;
    byId("picture-error").textContent = await answer.text();
    return;
  }
  const image = /** @type {HTMLImageElement} */ (document.getElementById("picture"));
  image.src = answer.url;
  image.alt = say("picture_of", { page });
  byId("picture-page").textContent = say("picture_of", { page });
}

function help() {
  const rows = [["↓ ↑", "read_move"], ["⇧↓ ⇧↑", "read_more"], ["␣", "read_space"], ["Enter", "read_Enter"], ["n", "read_n"], ["[ ]", "read_sentence"], ["← →", "read_sentence"],
    ["w", "read_word"], ["⇧w", "read_word_more"], ["Esc", "read_escape"], ["m", "read_m"], ["u", "u"], ["g", "read_g"], ["o", "read_o"], ["c", "read_c"], ["/", "read_slash"], ["?", "help"]];
  dialog(say("help"), (close) => [
    el("div", { class: "keys" }, el("span", {}, el("kbd", {}, "1"), " … ", el("kbd", {}, "y")), el("span", {}, say("key_codes")),
      rows.flatMap(([keys, said]) => [el("span", {}, (keys ?? "").split(" ").flatMap((key) => [el("kbd", {}, key), " "])), el("span", {}, say(`key_${said}`))])),
    el("label", { class: "tick" }, el("input", { type: "checkbox", checked: !keysOff(), onchange: (/** @type {any} */ event) => setKeysOff(!event.target.checked) }), say("keys_on")),
    el("div", { class: "row" }, el("button", { type: "button", class: "primary", onclick: close, autofocus: true }, say("close"))),
  ]);
}

// Keys

/** @type {Record<string, (more: boolean) => unknown>} */
const commands = {
  ArrowDown: (more) => (more ? extend(1) : go(state.until + 1)), ArrowUp: (more) => (more ? extend(-1) : go(state.at - 1)),
  j: () => go(state.until + 1), k: () => go(state.at - 1), " ": readOn, Enter: accept, n: nothing, u: undo, m: writeMemo, g: toFragments, c: newCode, o: togglePicture,
  "[": (more) => choosePart("sentence", -1, more), "]": (more) => choosePart("sentence", 1, more),
  ArrowLeft: (more) => choosePart("sentence", -1, more), ArrowRight: (more) => choosePart("sentence", 1, more), w: (more) => choosePart("word", 1, more),
  Escape: () => { getSelection()?.removeAllRanges(); state.part = null; state.until = state.at; show(); },
  "/": () => { byId("outline-part").setAttribute("open", ""); byId("search").focus(); }, "?": help,
};

document.addEventListener("keydown", (event) => {
  const aim = event.target;
  if (dialogOpen() || !(aim instanceof HTMLElement) || !state.plan) return;
  if (event.key === "Escape" && typing(aim)) {
    aim.blur();
    return;
  }
  if (typing(aim) || keysOff()) return;
  if (["Enter", " "].includes(event.key) && aim.closest("a, summary, button")) return;
  const typed = event.getModifierState("AltGraph") && COMMANDS.includes(event.key); // [ and ] on many keyboards
  const key = typed ? event.key : keyOf(event);
  const code = [...state.keys].find(([, one]) => one === key)?.[0];
  const act = commands[key] ?? (code ? () => toggle(code) : null);
  if (!act) return;
  event.preventDefault();
  if (selecting !== undefined) takeSelection();
  act(event.shiftKey);
});

// A button that was clicked does not keep the focus: Enter is then for the text again.
document.addEventListener("click", (event) => {
  const focused = document.activeElement;
  if (event.detail && !dialogOpen() && focused instanceof HTMLElement && focused.matches(".reading button")) focused.blur();
});

byId("plan").addEventListener("click", (event) => {
  const block = event.target instanceof Element && event.target.closest(".block");
  if (block instanceof HTMLElement && getSelection()?.isCollapsed) go(Number(block.dataset.block));
});

// The start

for (const [id, act] of Object.entries({ "do-read": readOn, "do-accept": accept, "do-none": nothing, "do-undo": undo, "do-memo": writeMemo, "do-all": toFragments, "do-new": newCode, "do-help": help, "do-picture": togglePicture, "do-no-picture": togglePicture })) {
  maybe(id)?.addEventListener("click", () => act());
}
byId("do-codes").addEventListener("click", () => {
  const opened = document.body.classList.toggle("codes-open");
  byId("do-codes").setAttribute("aria-expanded", String(opened));
});
byId("search-form").addEventListener("submit", (event) => { event.preventDefault(); search(); });

async function begin() {
  leaveOutline();
  const query = new URLSearchParams(location.search);
  /** @type {{ plan: Plan, codes: Code[] }} */
  const { plan, codes } = JSON.parse(byId("opened").textContent ?? "");
  state.plan = plan;
  use(codes);
  takeOver(plan);
  view = new PlanView(byId("plan"), plan, {
    fetch: async (numbers) => (await api("passages", { document: name, numbers })).passages,
    marks, target, isRead: (block) => state.read.has(block), isControl: (block) => state.control.has(block),
    clicked: (block, mark) => go(block, { part: mark && (mark.start > startOf(block) || mark.end < endOf(block)) && mark.end <= endOf(block) ? { start: mark.start, end: mark.end } : null }),
  });
  makeOutline();
  const first = plan.read.length && !query.has("block") ? firstUnread() : Number(query.get("block") ?? 0);
  await go(first, { jump: first > 0 });
  document.body.dataset.ready = "yes";
  setTimeout(watch, 400);
}

/** One goes on where one stopped reading. */
function firstUnread() {
  for (let block = 0; block < state.plan.starts.length; block++) if (!state.read.has(block)) return block;
  return 0;
}

begin().catch(failed);
