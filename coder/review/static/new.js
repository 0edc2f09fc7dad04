// @ts-check
// A file in: its columns with what each seems to be for, what would follow from that, and nothing written before "add".

import { api, byId, el, fill, keep, kept, messageOf, number, say } from "./common.js";
import { takeFiles, upload } from "./upload.js";

/** @import { Doubles, GivenColumn, Preview } from "./protocol.d.ts" */

const place = /** @type {HTMLElement} */ (document.querySelector(".intake")).dataset;
const ROLES = ["open", "id", "weight", "wave", "group", "codes", "background", "left_out"];
let draft = place.draft ?? "";
/** @type {Preview | undefined} */
let shown;
/** @type {Map<string, { role: string, name: string, wording: string }>} what each column is for */
const chosen = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let asked = 0;
/** The wave, the coder and the language that the file proposes. */
const proposed = { wave: "", whose: "", "answers-language": byId("answers-language").value };
/** What somebody says the file is; what it seems to be without. */
let kind = "";

/** @param {unknown} [error] */
function wrong(error) {
  byId("error").hidden = error === undefined;
  byId("error").textContent = error === undefined ? "" : messageOf(error);
}

async function preview() {
  byId("give").hidden = true;
  wrong();
  try {
    const rows = byId("header-rows").value;
    kind ||= kept(`new-${draft}`)?.kind ?? "";
    shown = await api("preview", { draft, kind, study: byId("study").value, sheet: byId("sheet").value, header_rows: rows ? Number(rows) : null });
  } catch (error) {
    byId("give").hidden = false;
    wrong(error);
    return;
  }
  byId("plan").hidden = false;
  chosen.clear();
  undecided();
  const before = kept(`new-${draft}`);
  keep(`new-${draft}`, null);
  for (const one of shown.columns ?? []) chosen.set(one.name, { role: one.role, name: one.question, wording: one.wording });
  for (const [column, one] of before?.chosen ?? []) if (chosen.has(column)) chosen.set(column, one);
  for (const [id, value] of Object.entries({ wave: before?.wave, whose: before?.whose })) if (value) byId(id).value = value;
  for (const id of /** @type {("wave" | "whose")[]} */ (["wave", "whose"])) if (byId(id).value === proposed[id]) byId(id).value = proposed[id] = shown[id] ?? "";
  if (shown.language && byId("answers-language").value === proposed["answers-language"]) byId("answers-language").value = proposed["answers-language"] = shown.language;
  head(shown);
  const table = shown.kind === "table";
  byId("columns-part").hidden = !table || shown.error !== undefined;
  byId("add").disabled = shown.error !== undefined;
  fill(byId("columns"), ...(shown.columns ?? []).flatMap(row));
  fill(byId("counts"));
  byId("counts").hidden = !table;
  settle();
}

/** What is known of the file itself. @param {Preview} one */
function head(one) {
  const documents = one.kind === "documents";
  const texts = (one.files ?? []).filter((file) => !file.table).length;
  byId("kind-part").hidden = (one.kinds ?? []).length < 2;
  byId("kind").value = one.kind;
  byId("language-of").textContent = say(documents ? "documents_language" : "answers_language");
  byId("file-name").textContent = documents ? say(texts < (one.files ?? []).length ? "documents_and_table" : "documents_given", { count: texts }) : `${one.file}${one.rows === undefined ? "" : ` · ${say("rows_read", { count: one.rows, n: number(one.rows) })}`}`;
  if (!byId("name").value) byId("name").value = one.name ?? "";
  byId("sheet-part").hidden = (one.sheets ?? []).length < 2;
  if (byId("sheet").children.length === 0) fill(byId("sheet"), el("option", { value: "" }, say("sheet_found")), ...(one.sheets ?? []).map((name) => el("option", { value: name }, name)));
  byId("rows-part").hidden = one.kind !== "table";
  byId("notes").replaceChildren(...(one.notes ?? []).map((note) => el("li", {}, note)));
  if (one.error !== undefined) wrong(new Error(one.error));
  byId("first").hidden = one.first === undefined;
  fill(byId("first"), el("table", {}, one.base ? el("caption", {}, `N = ${number(one.base)}`) : null, el("tbody", {}, (one.first ?? []).map((cells) => el("tr", {}, cells.map((cell) => el("td", {}, cell)))))));
  byId("documents").hidden = !documents;
  fill(byId("documents"), ...(one.files ?? []).map((file) => el("li", {}, `${file.name} · ${number(Math.ceil(file.bytes / 1024))} kB${file.table ? ` · ${say("attributes_table")}` : ""}`)));
}

/** A column; under it, where it holds answers, the question it becomes. @param {GivenColumn} one */
function row(one) {
  const now = /** @type {{ role: string, name: string, wording: string }} */ (chosen.get(one.name));
  const select = el("select", { "aria-label": say("role_of", { column: one.name }) }, ROLES.map((role) => el("option", { value: role, selected: role === now.role }, say(`role_${role}`))));
  const input = el("input", { value: now.name, maxlength: 100, "aria-label": say("question_called", { column: one.name }), list: "questions" });
  const wording = el("textarea", { rows: 2, maxlength: 1000, "aria-label": say("question_worded", { column: one.name }) }, now.wording);
  const open = el("tr", { class: "of-question", hidden: now.role !== "open" }, el("td", { colspan: 4 }, el("div", { class: "row tops" },
    el("label", { class: "field" }, el("span", {}, say("question_name")), input),
    el("label", { class: "field grow" }, el("span", {}, say("question_as_put")), wording))));
  const why = el("td", { class: "small" }, one.why);
  select.addEventListener("change", () => {
    const before = now.role;
    now.role = /** @type {HTMLSelectElement} */ (select).value;
    if (before === "id" || now.role === "id") undecided();
    open.hidden = now.role !== "open";
    why.textContent = now.role === one.role ? one.why : say("role_chosen");
    settle();
  });
  input.addEventListener("input", () => { now.name = /** @type {HTMLInputElement} */ (input).value; settle(); });
  wording.addEventListener("input", () => { now.wording = /** @type {HTMLTextAreaElement} */ (wording).value; });
  return [el("tr", {}, el("th", { scope: "row" }, one.name, one.wording && one.wording !== one.name ? el("span", { class: "small wording" }, one.wording) : null),
    el("td", { class: "values" }, one.values.join(" · ")), el("td", { class: "role" }, select), why), open];
}

/** Which row of an id is kept, once somebody said so. */
const keptRow = () => /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=keep]:checked"))?.value ?? "";

/** Let somebody say again which row is kept, for these are other ids. */
function undecided() {
  for (const one of document.querySelectorAll("input[name=keep]")) /** @type {HTMLInputElement} */ (one).checked = false;
}

/** The columns of which somebody changed what was proposed. */
function changed() {
  const were = new Map((shown?.columns ?? []).map((one) => [one.name, { role: one.role, name: one.question, wording: one.wording }]));
  return [...chosen].filter(([column, now]) => {
    const was = were.get(column);
    return was === undefined || now.role !== was.role || now.name !== was.name || now.wording !== was.wording;
  });
}

/** What is chosen, as the server reads it. */
function plan() {
  const roles = Object.fromEntries([...chosen].map(([column, one]) => [column, one.role]));
  const names = Object.fromEntries([...chosen].filter(([, one]) => one.role === "open").map(([column, one]) => [column, one.name]));
  const wordings = Object.fromEntries([...chosen].map(([column, one]) => [column, one.wording]));
  const rows = byId("header-rows").value;
  return { draft, sheet: byId("sheet").value, header_rows: rows ? Number(rows) : null, study: byId("study").value, name: byId("name").value, language: byId("answers-language").value, kind, wave: byId("wave").value, whose: byId("whose").value, question: byId("of-question").value, empty_is_none: byId("empty-is-none").checked, keep: keptRow(), roles, names, wordings };
}

/** Show what belongs to what is chosen, and count again. */
function settle() {
  const roles = [...chosen.values()].map((one) => one.role);
  const published = ["published", "codebook"].includes(shown?.kind ?? "");
  byId("name-part").hidden = byId("language-part").hidden = byId("study").value !== "" || published;
  byId("name").required = !byId("name-part").hidden;
  byId("question-part").hidden = !published;
  byId("wave-part").hidden = roles.includes("wave") || shown?.kind === "codebook";
  for (const option of byId("of-question").querySelectorAll("[data-documents]")) /** @type {HTMLOptionElement} */ (option).hidden = shown?.kind !== "codebook";
  byId("whose-part").hidden = byId("empty-part").hidden = !roles.includes("codes");
  clearTimeout(timer);
  if (shown?.kind === "table" && shown.error === undefined) timer = setTimeout(count, 200);
}

/** What says nothing, as it was written, and how many other ways are not shown. @param {{ forms: [string, number][], more_forms: number }} one */
function silentForms(one) {
  const forms = one.forms.map(([form, times]) => `“${form}” (${number(times)})`).join(", ");
  return one.more_forms ? `${forms} ${say("forms_more", { count: one.more_forms })}` : forms;
}

/** The ids that occur more than once, and the question which row of each is kept. @param {Doubles | null} found */
function doubles(found) {
  byId("doubles").hidden = found === null;
  for (const one of document.querySelectorAll("input[name=keep]")) /** @type {HTMLInputElement} */ (one).required = found !== null;
  fill(byId("doubles-said"), ...(found === null ? [] : [el("p", { class: "warning" }, found.says.join(" ")), el("ul", { class: "notes small" }, found.each.map((one) => el("li", {}, one)))]));
}

async function count() {
  const mine = (asked += 1);
  try {
    const found = await api("counted", plan());
    if (mine !== asked) return;
    wrong();
    byId("add").disabled = false;
    doubles(found.doubles);
    fill(byId("counts"), el("h2", {}, say("what_follows")), ...found.questions.map((one) => el("div", { class: "stack follows" },
      el("h3", {}, one.name),
      el("p", {}, say("counts_answered", { n: number(one.answered), all: number(one.units) }), one.waves.length > 1 ? ` ${say("counts_waves", { waves: one.waves.join(", ") })}` : ""),
      one.empty ? el("p", { class: "small" }, say("counts_empty", { count: one.empty, n: number(one.empty) })) : null,
      one.silent ? el("p", { class: "small" }, say("counts_silent", { count: one.silent, n: number(one.silent), forms: silentForms(one) })) : null,
      one.beside ? el("p", {}, say("counts_beside", Object.fromEntries(Object.entries(one.beside).map(([key, value]) => [key, number(value)])))) : null,
      one.beside?.gone ? el("p", { class: "small" }, say("counts_gone")) : null,
      ...(one.codes ?? []).map((said) => el("p", {}, said)),
      ...(one.texts ?? []).map((text) => el("p", { class: "small" }, `${text.unit}: “${text.was}” → “${text.now}”`)),
      ...(one.notes ?? []).map((note) => el("p", { class: "warning" }, note)))));
  } catch (error) {
    if (mine !== asked) return;
    byId("add").disabled = true;
    fill(byId("counts"));
    doubles(null);
    wrong(error);
  }
}

byId("plan").addEventListener("submit", async (event) => {
  event.preventDefault();
  byId("add").disabled = true;
  wrong();
  try {
    await api("add", plan());
    watch();
  } catch (error) {
    byId("add").disabled = false;
    wrong(error);
  }
});

async function watch() {
  const now = await api("adding", { draft });
  byId("bar").hidden = byId("stop").hidden = !now.busy;
  byId("bar").value = /** @type {any} */ (now.done / now.total);
  byId("step").textContent = now.busy ? now.step : "";
  if (now.to) keep("pasted", null);
  if (now.busy) setTimeout(watch, 250);
  else if (now.to && now.notes?.length) {
    byId("told").hidden = false;
    fill(byId("told"), ...now.notes.map((note) => el("p", { class: "warning" }, note)), el("div", { class: "row" }, el("a", { class: "button primary", href: now.to }, say("go_on"))));
  } else if (now.to) location.assign(now.to);
  else {
    byId("add").disabled = false;
    if (now.error && shown?.kind === "table") await count();  // of a very large file all rows are read by now
    if (now.error) wrong(new Error(now.error));
  }
}

byId("stop").addEventListener("click", () => api("stop-adding", { draft }));
byId("cancel").addEventListener("click", () => { if (draft) api("discard", { draft }); });
byId("sheet").addEventListener("change", preview);
byId("header-rows").addEventListener("change", preview);
byId("kind").addEventListener("change", () => {
  kind = byId("kind").value;
  preview();
});
byId("study").addEventListener("change", () => {
  keep(`new-${draft}`, { chosen: changed(), kind, wave: byId("wave").value, whose: byId("whose").value, rows: byId("header-rows").value });
  location.assign(`/new?${new URLSearchParams({ draft, study: byId("study").value })}`);
});
byId("keep").addEventListener("change", settle);
for (const id of ["wave", "answers-language"]) byId(id).addEventListener("change", settle);

byId("pasted").value = kept("pasted") ?? "";
byId("pasted-part").toggleAttribute("open", byId("pasted").value !== "");
byId("pasted").addEventListener("input", () => keep("pasted", byId("pasted").value || null));
byId("paste").addEventListener("click", () => take([new File([byId("pasted").value], `${say("pasted_name")}.tsv`)], "published"));
takeFiles(take);

/** Take files up, as what somebody says they are. @param {File[]} files @param {string} [as] */
async function take(files, as = "") {
  try {
    kind = as;
    const more = shown?.kind === "documents" ? draft : "";
    ({ draft } = await upload(files, (done) => { byId("state").textContent = say("uploading", { name: files.map((one) => one.name).join(", "), percent: Math.round(100 * done) }); }, more));
    byId("sheet").replaceChildren();
    await preview();
  } catch (error) {
    wrong(error);
  }
}
if (draft) await preview();
document.body.dataset.ready = "yes";
