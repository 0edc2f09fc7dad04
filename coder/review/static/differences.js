// @ts-check
// Where readers differ on fragments, over all documents: who has the last word chooses what stands. One difference at a
// time is what keys are about; what was decided stays where it stood until the list is asked for anew.

import { announce, api, byId, choiceOf, dialog, dialogOpen, el, failed, fill, save, say, toast } from "./common.js";
import { keyOf, keysOff, setKeysOff, typing } from "./keys.js";
import { toPoints, toUnits, whole, wordsOf } from "./places.js";

/** @import { Code, Difference, Fragment, ReadDone } from "./protocol.d.ts" */
/** @typedef {{ start: number, end: number, code: string }} Extent */

const HUES = 8;
const CHOICES = ["state", "kind", "document"];
/**
 * `chosen` are of each difference the ids of what stands, `own` what somebody makes of it, `at` the one that keys are
 * about.
 * @type {{ codes: Code[], rows: Difference[], total: number, at: number, event: number, chosen: Set<string>[], own: (Extent | null)[] }}
 */
const state = { codes: [], rows: [], total: 0, at: 0, event: 0, chosen: [], own: [] };
/** @param {string} id */
const labelOf = (id) => state.codes.find((code) => code.id === id)?.label ?? id;
/** @param {string} id */
const hueOf = (id) => Math.max(0, state.codes.findIndex((code) => code.id === id)) % HUES;

function query() {
  const asked = new URLSearchParams();
  for (const id of CHOICES) if (byId(id).value && byId(id).value !== "open") asked.set(id, byId(id).value);
  return asked;
}

let loads = 0;
/** @param {boolean} [more] */
async function load(more = false) {
  const mine = ++loads;
  const asked = query();
  // What was decided since is in the list of what is open no more.
  if (more) asked.set("first", String(state.rows.filter((one) => one.settled === (byId("state").value === "settled")).length));
  const found = await api("differences", undefined, asked);
  if (mine !== loads) return;
  const rows = more ? [...state.rows, ...found.rows] : found.rows;
  const [chosen, own] = more ? [state.chosen, state.own] : [[], []];
  Object.assign(state, { codes: found.codes, rows, event: found.event, total: rows.length - found.rows.length + found.total - Number(asked.get("first") ?? 0) });
  state.chosen = [...chosen, ...found.rows.map(() => new Set())];
  state.own = [...own, ...found.rows.map(() => null)];
  if (!more) state.at = 0;
  Object.assign(counts, { open: found.open, settled: found.settled });
  byId("total").textContent = say("differences_n", { count: found.open, settled: found.settled });
  byId("more").hidden = state.rows.length >= state.total;
  fill(byId("rows"), state.rows.map((_one, place) => card(place)), state.rows.length ? null : el("p", { class: "empty" }, say(byId("state").value === "open" ? "differences_none" : "differences_none_settled")));
  document.body.dataset.ready = "yes";
}

// A difference

/** @param {number} place */
const cardAt = (place) => document.getElementById(`d${place}`);

/** @param {number} place */
function redraw(place) {
  const focused = document.activeElement;
  const mine = focused instanceof HTMLElement && cardAt(place)?.contains(focused) ? focused.dataset.choice : undefined;
  const inside = Boolean(focused && cardAt(place)?.contains(focused));
  const made = card(place);
  cardAt(place)?.replaceWith(made);
  if (!inside) return;
  const again = mine ? made.querySelector(`[data-choice="${CSS.escape(mine)}"]`) : null;
  (again instanceof HTMLElement ? again : made).focus({ preventScroll: true });
}

/** @param {number} place */
function card(place) {
  const one = /** @type {Difference} */ (state.rows[place]);
  const to = `read?${new URLSearchParams({ document: one.document, block: String(one.block) })}`;
  const source = [one.document, one.page && say("page_n", { n: one.page }), one.section].filter(Boolean).join(", ");
  const kind = say(`differences_${one.kind}`);
  return el("article", { class: `card difference${place === state.at ? " now" : ""}`, id: `d${place}`, tabindex: -1, "aria-current": place === state.at ? "true" : null,
    "aria-label": [kind, one.document, one.settled ? say("last_word_given") : ""].filter(Boolean).join(", "), onfocusin: () => aim(place) },
  el("div", { class: "row" }, el("strong", { class: "grow" }, kind, one.settled ? el("span", { class: "settled" }, ` ✓ ${say("last_word_given")}`) : null), el("a", { class: "source", href: to }, `[${source}]`)),
  el("p", { class: "quote words", lang: byId("rows").dataset.lang, dir: "auto" }, segments(one, state.own[place] ?? null)),
  el("div", { class: "choices", role: "group", "aria-label": say("differences_what") },
    one.given.map((given, number) => choice(place, given, number)),
    state.own[place] ? ownChoice(place, /** @type {Extent} */ (state.own[place])) : null,
    one.missed.length ? el("p", { class: "small" }, say("differences_nothing", { names: one.missed.join(", "), count: one.missed.length })) : null),
  one.settled ? el("p", { class: "small" }, `${say("differences_last")} `, one.last.length ? one.last.map((last) => el("span", { class: `chip other hue-${hueOf(last.code)}` }, `${labelOf(last.code)} · ${last.who}`)) : say("differences_last_none")) : null,
  el("div", { class: "row acts" },
    el("button", { type: "button", class: "primary", "data-choice": "decide", onclick: () => decide(place), disabled: !stands(place) }, say("differences_decide"), el("kbd", {}, "↵")),
    el("button", { type: "button", "data-choice": "all", onclick: () => decide(place, one.given.map(({ id }) => id)) }, say(one.given.length === 2 ? "differences_both" : "differences_every"), el("kbd", {}, "a")),
    el("button", { type: "button", "data-choice": "none", onclick: () => decide(place, []) }, say("differences_nowhere"), el("kbd", {}, "n")),
    el("button", { type: "button", "data-choice": "own", onclick: () => edit(place) }, say("differences_own"), el("kbd", {}, "e")),
    one.settled ? el("button", { type: "button", "data-choice": "back", onclick: () => takeBack(place) }, say("take_back_word"), el("kbd", {}, "t")) : null));
}

/** @param {number} place @param {Fragment} given @param {number} number */
function choice(place, given, number) {
  const one = /** @type {Difference} */ (state.rows[place]);
  const on = state.chosen[place]?.has(given.id) ?? false;
  return el("button", { type: "button", class: `choice hue-${hueOf(given.code)}`, "data-choice": given.id, "aria-pressed": String(on), onclick: () => toggle(place, number) },
    number < 9 ? el("kbd", {}, String(number + 1)) : el("span", {}), el("span", {}, el("strong", {}, given.who), ` · ${labelOf(given.code)}`, el("span", { class: "small said" }, short(textOf(one, given))),
      given.memo ? el("span", { class: "small memo" }, given.memo) : null));
}

/** @param {number} place @param {Extent} extent */
function ownChoice(place, extent) {
  const one = /** @type {Difference} */ (state.rows[place]);
  const codes = el("select", { "aria-label": say("code_word"), "data-choice": "code", onchange: () => {
    state.own[place] = { ...extent, code: codes.value };
    redraw(place);
  } }, state.codes.map((code) => el("option", { value: code.id, selected: code.id === extent.code }, code.label)));
  return el("div", { class: `choice own hue-${hueOf(extent.code)}` }, el("span", { "aria-hidden": "true" }, "✎"),
    el("span", {}, el("strong", {}, say("differences_yours")), " ", codes, el("span", { class: "small said" }, short(textOf(one, extent))), el("span", { class: "small" }, say("differences_move"))));
}

/** @param {string} text */
const short = (text) => (text.length > 160 ? ` “${text.slice(0, 90)} … ${text.slice(-50)}”` : ` “${text}”`);

/** @param {Difference} one @param {{ start: number, end: number }} span */
const textOf = (one, span) => one.text.slice(toUnits(one.text, Math.max(0, span.start - one.start)), toUnits(one.text, span.end - one.start));

/** The text, with what each reader coded underlined and what one makes of it marked. @param {Difference} one @param {Extent | null} own */
function segments(one, own) {
  const size = toPoints(one.text, one.text.length);
  const spans = [...one.given, ...(own ? [own] : [])].map((span) => ({ start: Math.max(0, span.start - one.start), end: Math.min(size, span.end - one.start), span }));
  const ends = [...new Set([0, size, ...spans.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  return ends.slice(1).map((end, at) => {
    const start = ends[at] ?? 0;
    const words = one.text.slice(toUnits(one.text, start), toUnits(one.text, end));
    const over = spans.filter((each) => each.start <= start && end <= each.end);
    const given = over.flatMap(({ span }) => ("who" in span ? [span] : []));
    if (!over.length) return el("span", { class: "soft" }, words);
    const first = given[0];
    return el("span", { class: `${first ? `part hue-${hueOf(first.code)}` : ""}${over.length > given.length ? " chosen" : ""}`, title: given.map((each) => `${each.who}: ${labelOf(each.code)}`).join("; ") || null }, words);
  });
}

/** @param {number} place */
const stands = (place) => (state.chosen[place]?.size ?? 0) > 0 || Boolean(state.own[place]);

// What is done

/** @param {number} place */
function aim(place) {
  if (place === state.at) return;
  for (const [at, on] of /** @type {const} */ ([[state.at, false], [place, true]])) {
    cardAt(at)?.classList.toggle("now", on);
    if (on) cardAt(at)?.setAttribute("aria-current", "true");
    else cardAt(at)?.removeAttribute("aria-current");
  }
  state.at = place;
}

/** @param {number} place */
function go(place) {
  if (place >= state.rows.length && !byId("more").hidden) {
    load(true).then(() => go(Math.min(place, state.rows.length - 1))).catch(failed);
    return;
  }
  const next = Math.max(0, Math.min(place, state.rows.length - 1));
  if (!state.rows[next]) return;
  aim(next);
  cardAt(next)?.focus({ preventScroll: true });
  cardAt(next)?.scrollIntoView({ block: "nearest" });
}

/** @param {number} place @param {number} number */
function toggle(place, number) {
  const given = state.rows[place]?.given[number];
  const chosen = state.chosen[place];
  if (!given || !chosen) return;
  if (!chosen.delete(given.id)) chosen.add(given.id);
  announce(`${given.who}, ${labelOf(given.code)}: ${say(chosen.has(given.id) ? "differences_stands" : "differences_falls")}`);
  redraw(place);
}

/** The last word: what is chosen stands, or what is given here. @param {number} place @param {string[]} [ids] */
function decide(place, ids) {
  const one = state.rows[place];
  const own = ids ? null : state.own[place];
  const chosen = ids ?? [...(state.chosen[place] ?? [])];
  if (!one || (!ids && !stands(place))) return;
  const spans = own ? [{ id: "", ...own, memo: "", verdict: /** @type {const} */ ("yes"), proposed: false }] : [];
  send(place, { stands: chosen, spans, on: true }, () => {
    const last = [...one.given.filter(({ id }) => chosen.includes(id)), ...spans].map((each) => ({ ...each, who: document.body.dataset.who ?? "" }));
    Object.assign(one, { settled: true, last });
    announce(say("last_word_given"));
    redraw(place);
    const next = state.rows.findIndex((each, at) => at > place && !each.settled);
    if (state.at === place && byId("state").value === "open") go(next < 0 ? (byId("more").hidden ? place : state.rows.length) : next);
  });
}

/** @param {number} place */
function takeBack(place) {
  const one = state.rows[place];
  if (!one?.settled) return;
  send(place, { stands: [], spans: [], on: false }, () => {
    Object.assign(one, { settled: false, last: [] });
    announce(say("last_word_taken"));
    redraw(place);
  });
}

/** @param {number} place @param {{ stands: string[], spans: import("./protocol.d.ts").SpanSent[], on: boolean }} what @param {() => void} then */
function send(place, what, then) {
  const one = /** @type {Difference} */ (state.rows[place]);
  const was = [state.chosen[place], state.own[place]];
  save({ kind: "rule", document: one.document, fragments: one.given.map(({ id }) => id), since: state.event, ...what }, (/** @type {ReadDone} */ done) => {
    if (done.error) {
      load().catch(failed);
      return;
    }
    if (was[0] === state.chosen[place]) state.chosen[place] = new Set();
    if (was[1] === state.own[place]) state.own[place] = null;
    count(what.on && !one.settled ? 1 : !what.on && one.settled ? -1 : 0);
    then();
  });
}

const counts = { open: 0, settled: 0 };
/** @param {number} step how many more are decided */
function count(step) {
  counts.open -= step;
  counts.settled += step;
  byId("total").textContent = say("differences_n", { count: counts.open, settled: counts.settled });
}

function undo() {
  save({ kind: "undo" }, (/** @type {ReadDone} */ done) => {
    if (done.error) return;
    announce(say(done.document ? "undone" : "nothing_to_undo"));
    if (!done.document) toast(say("nothing_to_undo"));
    else load().then(() => go(Math.max(0, state.rows.findIndex((one) => one.document === done.document && one.given.some((each) => each.start <= (done.start ?? 0) && each.end > (done.start ?? 0)))))).catch(failed);
  });
}

// Another extent: its ends move by a word, or are those of what is selected.

/** @param {number} place */
function edit(place) {
  const one = state.rows[place];
  const first = one?.given[0];
  if (!one || !first) return;
  if (state.own[place]) state.own[place] = null;
  else state.own[place] = { start: Math.min(...one.given.map(({ start }) => start)), end: Math.max(...one.given.map(({ end }) => end)), code: first.code };
  redraw(place);
  const own = state.own[place];
  if (own) announce(`${say("differences_yours")} ${textOf(one, own)}. ${say("differences_move")}`);
}

/** @param {"start" | "end"} which @param {1 | -1} step */
function move(which, step) {
  const one = state.rows[state.at];
  const own = state.own[state.at];
  if (!one || !own) return;
  const words = wordsOf(one.text).map(([start, end]) => ({ start: one.start + toPoints(one.text, start), end: one.start + toPoints(one.text, end) }));
  const ends = words.map((word) => word[which]);
  const next = step > 0 ? ends.find((place) => place > own[which]) : ends.findLast((place) => place < own[which]);
  if (next === undefined || (which === "start" ? next >= own.end : next <= own.start)) return;
  state.own[state.at] = { ...own, [which]: next };
  redraw(state.at);
  announce(textOf(one, /** @type {Extent} */ (state.own[state.at])));
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let selecting;
document.addEventListener("selectionchange", () => {
  clearTimeout(selecting);
  selecting = setTimeout(takeSelection, 350);
});

/** What is selected in the text of a difference is one's own extent of it. */
function takeSelection() {
  const selected = getSelection();
  if (!selected || selected.isCollapsed || !selected.rangeCount) return;
  const range = selected.getRangeAt(0);
  const words = range.commonAncestorContainer instanceof Element ? range.commonAncestorContainer.closest(".words") : range.commonAncestorContainer.parentElement?.closest(".words");
  const place = Number(words?.closest(".difference")?.id.slice(1) ?? -1);
  const one = state.rows[place];
  if (!words || !one) return;
  const before = document.createRange();
  before.selectNodeContents(words);
  before.setEnd(range.startContainer, range.startOffset);
  const [start, end] = whole(one.text, before.toString().length, before.toString().length + range.toString().length);
  if (end <= start) return;
  state.own[place] = { start: one.start + toPoints(one.text, start), end: one.start + toPoints(one.text, end), code: state.own[place]?.code ?? one.given[0]?.code ?? "" };
  selected.removeAllRanges();
  aim(place);
  redraw(place);
  cardAt(place)?.focus({ preventScroll: true });
}

// Keys

function help() {
  const rows = [["↓ ↑", "differences_key_go"], ["1 … 9", "differences_key_choose"], ["Enter", "differences_decide"], ["a", "differences_every"], ["n", "differences_nowhere"],
    ["e", "differences_own"], ["← →", "differences_key_end"], ["⇧← ⇧→", "differences_key_start"], ["t", "take_back_word"], ["o", "differences_key_open"], ["u", "undo"], ["?", "help"]];
  dialog(say("help"), (close) => [
    el("div", { class: "keys" }, rows.flatMap(([keys, said]) => [el("span", {}, (keys ?? "").split(" ").flatMap((key) => [key === "…" ? key : el("kbd", {}, key), " "])), el("span", {}, say(said ?? ""))])),
    el("label", { class: "tick" }, el("input", { type: "checkbox", checked: !keysOff(), onchange: (/** @type {any} */ event) => setKeysOff(!event.target.checked) }), say("keys_on")),
    el("div", { class: "row" }, el("button", { type: "button", class: "primary", onclick: close, autofocus: true }, say("close"))),
  ]);
}

/** @type {Record<string, (shift: boolean) => unknown>} */
const commands = {
  ArrowDown: () => go(state.at + 1), ArrowUp: () => go(state.at - 1), j: () => go(state.at + 1), k: () => go(state.at - 1),
  Enter: () => decide(state.at), a: () => decide(state.at, state.rows[state.at]?.given.map(({ id }) => id) ?? []), n: () => decide(state.at, []),
  e: () => edit(state.at), t: () => takeBack(state.at), u: undo, "?": help,
  o: () => /** @type {HTMLElement | null} */ (cardAt(state.at)?.querySelector("a.source"))?.click(),
  ArrowLeft: (shift) => move(shift ? "start" : "end", -1), ArrowRight: (shift) => move(shift ? "start" : "end", 1),
  Escape: () => { state.own[state.at] = null; redraw(state.at); },
};

document.addEventListener("keydown", (event) => {
  const aimed = event.target;
  if (dialogOpen() || !(aimed instanceof HTMLElement) || typing(aimed) || keysOff() || !state.rows.length) return;
  if (["Enter", " "].includes(event.key) && aimed.closest("a, summary, button")) return;
  const key = keyOf(event);
  const digit = /^[1-9]$/.test(key) ? Number(key) : 0;
  const act = digit ? () => toggle(state.at, digit - 1) : commands[key];
  if (!act) return;
  event.preventDefault();
  act(event.shiftKey);
});

// A button that was clicked does not keep the focus: Enter is then for the difference again.
byId("rows").addEventListener("click", (event) => {
  const focused = document.activeElement;
  if (event.detail && focused instanceof HTMLButtonElement) /** @type {HTMLElement | null} */ (focused.closest(".difference"))?.focus({ preventScroll: true });
});
byId("do-undo").addEventListener("click", undo);
byId("do-help").addEventListener("click", help);
byId("more").addEventListener("click", () => load(true).catch(failed));
for (const id of CHOICES) {
  byId(id).addEventListener("change", () => {
    history.replaceState(null, "", `?${query()}`);
    load().catch(failed);
  });
}
for (const [name, value] of new URLSearchParams(location.search)) {
  if (CHOICES.includes(name) && [...choiceOf(name).options].some((one) => one.value === value)) choiceOf(name).value = value;
}
load().catch(failed);
