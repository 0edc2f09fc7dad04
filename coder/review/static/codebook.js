// The codebook: one code at a time, its rules tried on the answers while they are typed.

import { api, byId, dialog, el, failed, fill, keep, kept, moment, pieces, say, toast } from "./common.js";
import { askNewCode, liveHits } from "./asking.js";

const LISTS = ["rules", "exceptions", "examples", "counterexamples"];
let codes = [];
let chosen = kept("code") ?? "";
let dirty = false;
let filled = {}; // the lists as the form got them
let version = 0; // of what is shown: a change says what it was made from

const lines = (id) => byId(id).value.split("\n").map((line) => line.trim()).filter(Boolean);
// A list that was not touched goes back as it came: a text of two lines stays one text.
const list = (name) => (byId(name).value === typed(filled[name]) ? filled[name] : lines(name));
const typed = (texts) => texts.join("\n").replaceAll(/\r\n?/g, "\n");
const stays = () => dirty && !confirm(say("leave_unsaved"));
const one = () => codes.find((code) => code.id === chosen);
const look = liveHits(byId("hits"), () => ({ code: chosen, rules: lines("rules"), exceptions: lines("exceptions"), negation: byId("negation").value }));

async function load(id = chosen) {
  const found = await api("codebook");
  codes = found.codes;
  version = found.version;
  chosen = codes.some((code) => code.id === id) ? id : codes[0].id;
  byId("version").textContent = say("version", { n: found.version, codes: codes.length });
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

function fillForm(code, changed = false) {
  dirty = changed;
  byId("label-nl").value = code.labels.nl ?? "";
  byId("label-en").value = code.labels.en ?? "";
  byId("definition").value = code.definition;
  filled = code;
  for (const name of LISTS) byId(name).value = typed(code[name]);
  byId("negation").value = code.negation;
  const others = codes.filter((other) => other.id !== code.id);
  fill(byId("net"), el("option", { value: "" }, say("no_net")), others.map((other) => el("option", { value: other.id, selected: other.id === code.net }, other.label)));
  marked();
  look();
}

function marked() {
  if (!byId("save")) return; // who does not lead tries rules, and saves none
  byId("save").disabled = !dirty;
  byId("undo-edit").disabled = !dirty;
}

function showVersions(versions) {
  fill(byId("versions"), versions.map((version) => el("li", {},
    el("strong", {}, say("version_by", { n: version.number, who: version.who, at: moment(version.at) })),
    el("ul", {}, version.changes.map((change) => el("li", {}, change))))));
}

async function change(path, body, said) {
  try {
    await api(path, body);
    dirty = false;
    await load(body.into ?? chosen);
    toast(said);
  } catch (error) {
    fill(byId("refused"), el("p", { class: "error", role: "alert" }, error.message));
    const mine = error.status === 409 ? error.found.codes[chosen] : null;
    if (mine) {
      version = error.found.version;
      fillForm(mine, true);
    }
    byId("refused").scrollIntoView({ block: "nearest" });
  }
}

byId("edit").addEventListener("input", (event) => {
  dirty = Boolean(byId("save"));
  marked();
  if (["rules", "exceptions", "negation"].includes(event.target.id)) look();
});
byId("edit").addEventListener("submit", (event) => {
  event.preventDefault();
  const body = { code: chosen, version, labels: { nl: byId("label-nl").value, en: byId("label-en").value }, definition: byId("definition").value,
    negation: byId("negation").value, net: byId("net").value };
  for (const name of LISTS) body[name] = list(name);
  change("code", body, say("code_saved"));
});
byId("undo-edit")?.addEventListener("click", show);
byId("filter").addEventListener("input", showList);
byId("new").addEventListener("click", () => stays() || askNewCode("", async (made) => { await load(made.code); toast(say("code_made", { code: one().label })); }));

byId("merge")?.addEventListener("click", () => {
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

byId("split")?.addEventListener("click", () => {
  if (stays()) return;
  const code = one();
  const name = el("input", { required: true, maxlength: 200, autofocus: true });
  const boxes = code.rules.map((rule) => ({ rule, box: el("input", { type: "checkbox" }) }));
  dialog(say("split_title", { code: code.label }), (close) => [
    el("p", {}, say("split_says", { code: code.label })),
    el("form", { class: "stack", onsubmit: (event) => {
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
