// @ts-check
// The first codebook: codes proposed from the answers, that somebody names, merges, splits, drops, and then uses.

import { api, byId, dialog, el, failed, fill, kept, keep, messageOf, number, percent, pieces, say, sendFile, toast } from "./common.js";

/** @import { Covered, Proposed } from "./protocol.d.ts" */
/** @typedef {Proposed & { on: boolean, answers: number, words: Record<string, number>, named?: boolean }} Draft: `answers` is below 0 until it is counted; `named` where somebody gave it its label */

/** @type {Draft[]} */
let codes = kept("begin") ?? [];
/** @type {string[]} what the codes were before each change */
const before = [];
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let asked = 0;

let counts = false; // whether what is wrong was found when counting: that it is right now, counting tells too

/** @param {unknown} [error] @param {boolean} [counting] */
function wrong(error, counting = false) {
  if (counting && error === undefined && !counts) return;
  counts = counting;
  byId("error").hidden = error === undefined;
  byId("error").textContent = error === undefined ? "" : messageOf(error);
}

/** Codes that are proposed for all answers, or for those that these rules find. @param {string[]} rules @param {boolean} [again] @returns {Promise<Draft[]>} */
async function proposed(rules, again = false) {
  byId("working").hidden = false;
  try {
    for (let first = true; ; first = false) {
      const now = await api("draft", { rules, again: again && first });
      byId("bar").value = /** @type {any} */ (now.total ? now.done / now.total : 0);
      byId("step").textContent = now.step || say("begin_looking");
      if (!now.busy) return (now.codes ?? []).map((one) => ({ ...one, on: false, answers: -1, words: {} }));
      await new Promise((done) => { setTimeout(done, 250); });
    }
  } finally {
    byId("working").hidden = true;
  }
}

/** Change the codes so that it can be undone. @param {() => void} change */
function changed(change) {
  before.push(JSON.stringify(codes));
  change();
  show();
  count();
}

function show() {
  keep("begin", codes);
  byId("proposed").hidden = codes.length === 0;
  byId("undo").disabled = before.length === 0;
  const on = codes.filter((one) => one.on).length;
  byId("use").disabled = on === 0;
  byId("use").textContent = on && on < codes.length ? say("begin_use_some", { count: on }) : say("begin_use");
  byId("again").hidden = codes.length === 0;
  const focus = document.activeElement?.id;
  fill(byId("cards"), ...codes.map(card));
  if (focus) document.getElementById(focus)?.focus();
}

/** @param {Draft} one */
const answersOf = (one) => (one.answers < 0 ? "…" : say("begin_answers", { count: one.answers, n: number(one.answers) }));

/** @param {Draft} one @param {number} place */
function card(one, place) {
  const label = el("input", { id: `label-${place}`, value: one.label, maxlength: 200, "aria-label": say("label_word") });
  label.addEventListener("change", () => changed(() => { one.label = /** @type {HTMLInputElement} */ (label).value; one.named = true; }));
  const on = el("input", { type: "checkbox", id: `on-${place}`, checked: one.on, onchange: () => changed(() => { one.on = !one.on; }) });
  const word = el("input", { id: `word-${place}`, class: "word", maxlength: 200, placeholder: say("begin_add_word"), "aria-label": say("begin_add_word") });
  word.addEventListener("change", () => changed(() => { one.rules = [...new Set([...one.rules, .../** @type {HTMLInputElement} */ (word).value.split(";").map((part) => part.trim()).filter(Boolean)])]; }));
  const into = el("select", { id: `into-${place}`, "aria-label": say("begin_merge") }, el("option", { value: "" }, say("begin_merge")), codes.map((other, at) => (other === one ? null : el("option", { value: at }, other.label))));
  into.addEventListener("change", () => merge(place, Number(/** @type {HTMLSelectElement} */ (into).value)));
  return el("li", { class: one.on ? "card stack proposal-card on" : "card stack proposal-card", draggable: "true",
    ondragstart: (/** @type {DragEvent} */ event) => event.dataTransfer?.setData("text/plain", String(place)),
    ondragover: (/** @type {Event} */ event) => event.preventDefault(),
    ondrop: (/** @type {DragEvent} */ event) => { event.preventDefault(); merge(Number(event.dataTransfer?.getData("text/plain") || NaN), place); } },
  el("div", { class: "row" }, el("label", { class: "tick" }, on, el("span", {}, say("begin_accept"))), el("div", { class: "grow" }, label), el("strong", { class: "number", id: `answers-${place}` }, answersOf(one))),
  el("div", { class: "row words" }, one.rules.map((rule) => el("span", { class: "word-chip" },
    el("button", { type: "button", class: "quiet", title: say("begin_show_hits"), onclick: () => hits([rule], rule) }, rule, " ", el("span", { class: "small", "data-word": rule }, one.answers < 0 ? "…" : number(one.words[rule] ?? 0))),
    el("button", { type: "button", class: "quiet", "aria-label": say("begin_drop_word", { word: rule }), onclick: () => changed(() => { one.rules = one.rules.filter((other) => other !== rule); }) }, "×"))), word),
  el("ul", { class: "small examples" }, one.examples.map((text) => el("li", {}, `“${text}”`))),
  el("div", { class: "row" }, el("button", { type: "button", class: "quiet", onclick: () => hits(one.rules, one.label) }, say("begin_all_hits")), into,
    el("button", { type: "button", class: "quiet", onclick: () => split(place) }, say("split")),
    el("button", { type: "button", class: "quiet danger-text", onclick: () => changed(() => { codes.splice(place, 1); }) }, say("begin_drop"))));
}

/** @param {number} from @param {number} into */
function merge(from, into) {
  const [one, other] = [codes[from], codes[into]];
  if (!one || !other || one === other) return;
  changed(() => {
    other.rules = [...new Set([...other.rules, ...one.rules])];
    other.examples = [...new Set([...other.examples, ...one.examples])].slice(0, 3);
    other.on = other.on || one.on;
    codes.splice(from, 1);
  });
  toast(say("begin_merged", { one: one.label, other: other.label }));
}

/**
 * The parts of a code, each word in one of them; words of no part are one more. The first, which is the largest, has the
 * name that somebody gave the code.
 * @param {Draft} one @param {Draft[]} found @returns {Draft[]}
 */
function partsOf(one, found) {
  const had = new Set();
  const parts = found.map((part) => {
    const rules = part.rules.filter((rule) => !had.has(rule));
    for (const rule of rules) had.add(rule);
    return { ...part, rules };
  }).filter((part) => part.rules.length);
  const left = one.rules.filter((rule) => !had.has(rule));
  const [first] = parts;
  if (parts.length < 2 || !first) return parts;
  if (one.named) Object.assign(first, { label: one.label, named: true });
  const rest = { ...one, rules: left, examples: [], named: false, label: one.named ? left.slice(0, 3).join(", ") : one.label };
  return left.length ? [...parts, rest] : parts;
}

/** @param {number} place */
async function split(place) {
  const one = codes[place];
  if (!one) return;
  try {
    toast(say("begin_looking"));
    const parts = partsOf(one, await proposed(one.rules));
    if (parts.length < 2) { toast(say("begin_one_part", { label: one.label })); return; }
    changed(() => { codes.splice(codes.indexOf(one), 1, ...parts); });
  } catch (error) {
    failed(error);
  }
}

/** The answers that rules find. @param {string[]} rules @param {string} title */
async function hits(rules, title) {
  try {
    const found = await api("rules", { rules, exceptions: [] });
    dialog(title, (close) => [el("p", { class: "small" }, say("begin_answers", { count: found.answers, n: number(found.answers) })),
      el("div", { class: "list" }, found.hits.map((hit) => el("p", {}, pieces(hit)))), el("div", { class: "row" }, el("button", { type: "button", onclick: close }, say("close")))]);
  } catch (error) {
    failed(error);
  }
}

/** Count what the codes find, a moment after the last change. */
function count() {
  clearTimeout(timer);
  timer = setTimeout(counted, 100);
}

/** Put the figures of a code where they stand; what is being typed stays. @param {Draft} one @param {number} place @param {Covered["codes"][number]} [now] */
function figures(one, place, now) {
  if (!now) return;
  one.answers = now.answers;
  one.words = now.words;
  byId(`answers-${place}`).textContent = answersOf(one);
  const item = byId(`answers-${place}`).closest("li");
  for (const word of item?.querySelectorAll("[data-word]") ?? []) word.textContent = number(one.words[/** @type {HTMLElement} */ (word).dataset.word ?? ""] ?? 0);
  if (!item || one.examples.join("\n") === now.examples.join("\n")) return;
  one.examples = now.examples;
  fill(/** @type {Element} */ (item.querySelector(".examples")), ...one.examples.map((text) => el("li", {}, `“${text}”`)));
}

async function counted() {
  const mine = (asked += 1);
  const sent = codes;
  try {
    const found = await api("covered", { codes: sent.map(({ label, rules, examples }) => ({ label, rules, examples })) });
    if (mine !== asked) return;
    sent.forEach((one, place) => figures(one, place, found.codes[place]));
    const share = found.answers ? found.covered / found.answers : 0;
    byId("covered-bar").setAttribute("width", String(100 * share));
    byId("covered").textContent = say("begin_covered", { n: number(found.covered), all: number(found.answers), share: percent(share) });
    fill(byId("uncovered"), ...found.uncovered.map(([text, times]) => el("li", {}, el("p", {}, text, times > 1 ? el("span", { class: "small" }, ` × ${times}`) : null))));
    const [rule] = Object.keys(found.broken);
    wrong(rule === undefined ? undefined : new Error(found.broken[rule]), true);
    keep("begin", codes);
    document.body.dataset.counted = String(mine);
  } catch (error) {
    wrong(error, true);
  }
}

/** @param {boolean} again */
async function begin(again) {
  wrong();
  try {
    const found = await proposed([], again);
    if (again) before.push(JSON.stringify(codes));
    codes = found;
    if (!codes.length) wrong(new Error(say("begin_none_found")));
    show();
    count();
  } catch (error) {
    wrong(error);
  }
}

/** Go to the page that follows where something was taken over. @param {() => Promise<{ to: string, notes?: string[] }>} done */
async function then(done) {
  wrong();
  try {
    const { to } = await done();
    keep("begin", []);
    location.assign(to);
  } catch (error) {
    wrong(error);
  }
}

byId("use").addEventListener("click", () => then(() => api("use-codes", { codes: codes.filter((one) => one.on).map(({ label, rules }) => ({ label, rules })) })));
byId("book").addEventListener("change", () => { if (byId("book").value) then(() => api("take-book", { book: byId("book").value })); });
byId("book-file").addEventListener("change", () => {
  const [file] = byId("book-file").files ?? [];
  byId("book-file").value = "";
  if (file) then(() => sendFile("upload", file.name, file));
});
byId("again").addEventListener("click", () => begin(true));
byId("stop").addEventListener("click", () => api("draft-stop", {}));
byId("all").addEventListener("click", () => changed(() => { for (const one of codes) one.on = true; }));
byId("add-code").addEventListener("click", () => {
  changed(() => { codes.unshift({ label: "", rules: [], examples: [], on: true, answers: 0, words: {} }); });
  document.getElementById("label-0")?.focus();
});
byId("undo").addEventListener("click", () => {
  const was = before.pop();
  if (was === undefined) return;
  codes = JSON.parse(was);
  show();
  count();
});

document.body.dataset.ready = "yes";
if (codes.length) { show(); count(); } else await begin(false);
