// @ts-check
// The answers behind a mark of a picture, with the codes that count, which can be put right there.

import { announce, api, byId, el, failed, fill, pieces, save, say } from "./common.js";

/** @import { Code, PictureMark, Marked } from "./protocol.d.ts" */

/** @type {{ units: Marked[], total: number, codes: Code[], asks: number, undo: boolean[], again: () => Promise<void>, query: URLSearchParams, changed: () => void }} */
const state = { units: [], total: 0, codes: [], asks: 0, undo: [], again: async () => {}, query: new URLSearchParams(), changed: () => {} };

/** @param {() => void} changed called when the server has a correction */
export function wireAnswers(changed) {
  state.changed = changed;
  byId("undo").addEventListener("click", undo);
  byId("more").addEventListener("click", () => state.again());
}

/**
 * @param {URLSearchParams} query what is chosen @param {string} picture @param {PictureMark} mark
 * @param {boolean} focus whether what is read next is the answers
 */
export async function showAnswers(query, picture, mark, focus) {
  const mine = ++state.asks;
  state.undo = [];
  byId("undo").hidden = true;
  if (!byId("answers-title").textContent) byId("answers-title").textContent = say("loading");
  /** @param {number} start */
  const ask = async (start) => {
    try {
      if (!state.codes.length) state.codes = (await api("codes")).codes;
      const found = await api("marked", { picture, start, ...mark }, query);
      if (mine !== state.asks) return;
      state.units = start ? [...state.units, ...found.units] : found.units;
      state.total = found.total;
      byId("answers-title").textContent = found.title;
      byId("answers-count").textContent = found.total ? say("answers_of", { count: found.total }) : say("answers_none");
      show();
    } catch (error) {
      failed(error);
    }
  };
  state.again = () => ask(state.units.length);
  await ask(0);
  if (!focus || mine !== state.asks) return;
  byId("answers-title").focus({ preventScroll: true });
  byId("answers-part").scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function show() {
  byId("more").hidden = state.units.length >= state.total;
  const note = state.units.some((one) => one.last) ? "correction_last" : state.units.some((one) => one.others.length) ? "correction_differs" : "";
  byId("answers-note").textContent = note ? say(note) : "";
  fill(byId("answers"), state.units.map(item));
}

/** @param {Marked} one */
function item(one) {
  const free = state.codes.filter((code) => !one.codes.includes(code.id));
  const give = el("select", { "aria-label": say("give_code"), onchange: () => { if (give.value) correct(one, give.value, true); } },
    el("option", { value: "" }, say("give_code")), free.map((code) => el("option", { value: code.id }, code.label)));
  return el("li", { class: "answer-of", "data-unit": one.id },
    el("p", { class: "text" }, pieces(one.segments)),
    el("p", { class: "small" }, [...one.background.map(([name, value]) => `${name}: ${value}`), ...(one.others.length ? [say("coded_by", { others: one.others.join(", ") })] : [])].join(" · ")),
    el("div", { class: "chips" }, one.codes.map((id) => el("button", {
      type: "button", class: "chip", title: say("take_away"), "data-code": id, onclick: () => correct(one, id, false),
    }, labelOf(id), el("span", { "aria-hidden": "true" }, "✕"), el("span", { class: "hidden-words" }, say("take_away")))), give));
}

/** @param {string} id */
const labelOf = (id) => state.codes.find((code) => code.id === id)?.label ?? id;

/**
 * Give a code or take it away, as the coding page does: of an answer that others coded it is the last word of who
 * settles; where a machine alone coded it, all its codes are decided at once.
 * @param {Marked} one @param {string} code @param {boolean} given
 */
function correct(one, code, given) {
  const before = one.codes;
  one.codes = given ? [...before, code] : before.filter((id) => id !== code);
  /** @type {Record<string, "yes" | "no">} */
  const codes = one.whole ? Object.fromEntries(before.map((id) => [id, "yes"])) : {};
  codes[code] = given ? "yes" : "no";
  const seen = !one.last && (one.whole || one.mine);
  save({ kind: "decide", units: [one.id], codes, seen, adjudicate: one.last }, (done) => {
    if (done.error) {
      one.codes = before;
      show();
      return;
    }
    one.mine = one.mine || seen;
    one.whole = false;
    state.undo.push(one.last);
    byId("undo").hidden = false;
    state.changed();
  });
  announce(say(given ? "given" : "taken", { code: labelOf(code) }));
  show();
  /** @type {HTMLElement | null} */ (byId("answers").querySelector(`[data-unit="${CSS.escape(one.id)}"] select`))?.focus();
}

function undo() {
  const last = state.undo.pop();
  if (last === undefined) return;
  byId("undo").hidden = !state.undo.length;
  save({ kind: "undo", adjudicate: last }, (done) => {
    if (done.error) return;
    announce(say("undone"));
    state.units = [];
    state.again().then(() => byId("answers-title").focus());
    state.changed();
  });
}
