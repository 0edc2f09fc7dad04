// @ts-check
// The codebook: one code at a time, its rules tried on the answers while they are typed.

import { api, byId, choiceOf, dialog, el, failed, fill, keep, kept, maybe, messageOf, moment, pieces, Refused, say, toast } from "./common.js";
import { askNewCode, liveHits } from "./asking.js";

/** @import { BookCode, Form, ListName, Version } from "./protocol.d.ts" */

/** @type {ListName[]} */
const LISTS = ["rules", "exceptions", "examples", "counterexamples"];
/** @type {BookCode[]} */
let codes = [];
/** @type {string} */
let chosen = kept("code") ?? "";
let dirty = false;
/** @type {Form | undefined} */
let filled; // the code as the form got it
let version = 0; // of what is shown: a change says what it was made from

/** @param {string} id */
const lines = (id) => byId(id).value.split("\n").map((line) => line.trim()).filter(Boolean);
// A list that was not touched goes back as it came: a text of two lines stays one text.
/** @param {ListName} name */
const list = (name) => (filled && byId(name).value === typed(filled[name]) ? filled[name] : lines(name));
/** @param {string[]} texts */
const typed = (texts) => texts.join("\n").replaceAll(/\r\n?/g, "\n");
const stays = () => dirty && !confirm(say("leave_unsaved"));
const one = () => /** @type {BookCode} */ (codes.find((code) => code.id === chosen)); // a codebook has one at least
const labels = () => /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("input[data-label]")]);
const look = liveHits(byId("hits"), () => ({ code: chosen, rules: lines("rules"), exceptions: lines("exceptions"), negation: byId("negation").value }));

async function load(id = chosen) {
  const found = await api("codebook");
  codes = found.codes;
  version = found.version;
  chosen = codes.some((code) => code.id === id) ? id : codes[0]?.id ?? "";
  byId("version").textContent = say("version", { n: found.version, count: codes.length });
  showList();
  show();
  showVersions(found.versions);
  document.body.dataset.ready = "yes";
}

function showList() {
  const wanted = byId("filter").value.trim().toLowerCase();
  const shown = codes.filter((code) => `${code.number} ${code.label} ${code.id} ${code.definition}`.toLowerCase().includes(wanted));
  fill(byId("codes"), shown.map((code) => el("button", {
    type: "button", class: code.net ? "code under" : "code", "aria-current": code.id === chosen ? "true" : false, "data-code": code.id,
    onclick: () => { if (!stays()) { chosen = code.id; keep("code", chosen); showList(); show(); } },
  }, el("span", { class: "count" }, String(code.number)), el("span", { class: "label" }, code.label),
    el("span", { class: "count" }, code.broken ? el("span", { class: "danger" }, "!") : String(code.n)))));
}

function show() {
  const code = one();
  fillForm(code);
  byId("code-name").textContent = code.label;
  byId("code-id").textContent = `${code.id} · ${code.number}`;
  fill(byId("given"), code.given.map((segments) => el("p", {}, pieces(segments))));
  byId("given-part").hidden = !code.given.length;
  fill(byId("failing"), code.failing.map((text) => el("p", { class: "warning" }, text)));
  fill(byId("refused"));
}

/** @param {Form} code @param {boolean} [changed] it holds what is not saved yet */
function fillForm(code, changed = false) {
  dirty = changed;
  for (const label of labels()) label.value = code.labels[label.dataset.label ?? ""] ?? "";
  byId("definition").value = code.definition;
  filled = code;
  for (const name of LISTS) byId(name).value = typed(code[name]);
  choiceOf("negation").value = code.negation;
  const others = codes.filter((other) => other.id !== code.id);
  fill(byId("net"), el("option", { value: "" }, say("no_net")), others.map((other) => el("option", { value: other.id, selected: other.id === code.net }, other.label)));
  marked();
  look();
}

function marked() {
  if (!maybe("save")) return; // who does not lead tries rules, and saves none
  byId("save").disabled = !dirty;
  byId("undo-edit").disabled = !dirty;
}

/** @param {Version[]} versions */
function showVersions(versions) {
  fill(byId("versions"), versions.map((past) => el("li", {},
    el("div", { class: "row" }, el("strong", { class: "grow" }, say("version_by", { n: past.number, who: past.who, at: moment(past.at) })),
      past.undo ? el("button", { type: "button", onclick: () => undo(past.number) }, say("undo_version")) : null),
    el("ul", {}, past.changes.map((what) => el("li", {}, what))))));
  const mine = versions.find((past) => past.undo && past.who === document.body.dataset.who && !past.undoes);
  byId("undo-last").hidden = !mine;
  byId("undo-last").title = mine?.changes.join("; ") ?? "";
  byId("undo-last").onclick = () => { if (mine) undo(mine.number); };
}

/** Undo what a version changed; what was changed since stays. @param {number} number */
function undo(number) {
  if (!stays()) change("undo-codebook", { version: number }, say("undone_codebook", { n: number }));
}

/**
 * Send a change, and show the codebook as it is then.
 * @param {"code" | "merge" | "split" | "undo-codebook"} path @param {{ into?: string, [more: string]: unknown }} body @param {string} said
 */
async function change(path, body, said) {
  try {
    await api(path, body);
    dirty = false;
    await load(body.into ?? chosen);
    toast(said);
  } catch (error) {
    fill(byId("refused"), el("p", { class: "error", role: "alert" }, messageOf(error)));
    const found = error instanceof Refused && error.status === 409 ? error.found : {};
    const mine = found.codes?.[chosen];
    if (mine) {
      version = found.version ?? version;
      fillForm(mine, true);
    }
    byId("refused").scrollIntoView({ block: "nearest" });
  }
}

byId("edit").addEventListener("input", (event) => {
  dirty = Boolean(maybe("save"));
  marked();
  if (event.target instanceof Element && ["rules", "exceptions", "negation"].includes(event.target.id)) look();
});
byId("edit").addEventListener("submit", (event) => {
  event.preventDefault();
  const lists = Object.fromEntries(LISTS.map((name) => [name, list(name)]));
  const named = Object.fromEntries(labels().map((label) => [label.dataset.label, label.value]));
  const body = { code: chosen, version, labels: named, definition: byId("definition").value,
    negation: byId("negation").value, net: byId("net").value, ...lists };
  change("code", body, say("code_saved"));
});
maybe("undo-edit")?.addEventListener("click", show);
byId("filter").addEventListener("input", showList);
byId("new").addEventListener("click", () => stays() || askNewCode("", "", async (made) => { await load(made); toast(say("code_made", { code: one().label })); }));

maybe("merge")?.addEventListener("click", () => {
  if (stays()) return;
  const code = one();
  const into = el("select", { autofocus: true }, codes.filter((other) => other.id !== code.id).map((other) => el("option", { value: other.id }, other.label)));
  dialog(say("merge_title", { code: code.label }), (close) => [
    el("p", {}, say("merge_says")),
    el("label", { class: "field" }, el("span", {}, say("merge_into")), into),
    el("div", { class: "row" }, el("button", { type: "button", class: "primary", onclick: () => { close(); change("merge", { code: code.id, into: into.value }, say("merged")); } }, say("merge")),
      el("button", { type: "button", onclick: close }, say("cancel"))),
  ]);
});

maybe("split")?.addEventListener("click", () => {
  if (stays()) return;
  const code = one();
  const name = el("input", { required: true, maxlength: 200, autofocus: true });
  const boxes = code.rules.map((rule) => ({ rule, box: el("input", { type: "checkbox" }) }));
  dialog(say("split_title", { code: code.label }), (close) => [
    el("p", {}, say("split_says", { code: code.label })),
    el("form", { class: "stack", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      close();
      change("split", { code: code.id, name: name.value, rules: boxes.filter(({ box }) => box.checked).map(({ rule }) => rule) }, say("was_split"));
    } },
    el("label", { class: "field" }, el("span", {}, say("split_name")), name),
    boxes.length ? el("p", { class: "small" }, say("split_rules")) : null,
    el("div", { class: "list" }, boxes.map(({ rule, box }) => el("label", { class: "tick" }, box, el("code", {}, rule)))),
    el("div", { class: "row" }, el("button", { type: "submit", class: "primary" }, say("split")), el("button", { type: "button", onclick: close }, say("cancel")))),
  ]);
});

addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
load().catch(failed);
