// @ts-check
// The results: a picture with its table as they are now, and an estimate that is made in the background. What is chosen
// stands in the address.

import { announce, api, byId, choiceOf, el, failed, fill, keep, kept, say, sendFile } from "./common.js";
import { draw } from "./picture.js";
import { showAnswers, wireAnswers } from "./marked.js";
import { copyTables, table } from "./tables.js";

/** @import { Estimated, PictureMark, Table } from "./protocol.d.ts" */

const CHOICES = ["wave", "then", "by", "whose", "limit"];
/** These are as they were chosen last, wherever one was meanwhile. */
const LASTING = ["whose", "limit"];
/** How wide a picture may be: bars longer than this are no clearer; of groups and waves there are more beside each other. */
const widest = () => (["groups", "waves"].includes(state.picture) ? 1200 : 860);
/** @type {{ picture: string, mark: PictureMark | null, width: number, defaults: Record<string, string>, tables: Table[] }} */
const state = { picture: "top", mark: null, width: 0, defaults: {}, tables: [] };

// What is chosen, and the address

/** What the server is asked; what is as it is by itself is left out where it stands in the address. */
function chosen(bare = false) {
  const asked = new URLSearchParams();
  /** @param {string} name @param {string} value */
  const add = (name, value) => { if (!bare || value !== (state.defaults[name] ?? "")) asked.set(name, value); };
  for (const id of CHOICES) if (id !== "by" || byId("by").value) add(id, byId(id).value);
  const of = choiceOf("filter").selectedOptions[0]?.dataset;
  if (of?.column) {
    asked.set("column", of.column);
    asked.set("value", of.value ?? "");
  }
  add("picture", state.picture);
  return asked;
}

/** Go to what is chosen now, so that "back" comes to what was. */
function remember() {
  const asked = chosen(true);
  for (const [name, value] of Object.entries(state.mark ?? {})) if (value) asked.set(name, value);
  const query = asked.size ? `?${asked}` : location.pathname;
  if (location.search !== (asked.size ? query : "")) history.pushState(null, "", query);
}

/** Choose what the address says; what is not there is as it is by itself. */
function recall() {
  const asked = new URLSearchParams(location.search);
  for (const id of CHOICES) {
    const wanted = asked.get(id) ?? state.defaults[id] ?? "";
    const there = [...choiceOf(id).options].some((one) => one.value === wanted);
    choiceOf(id).value = there ? wanted : state.defaults[id] ?? "";
  }
  const options = [...choiceOf("filter").options];
  const of = options.findIndex((one) => one.dataset.column && one.dataset.column === asked.get("column") && one.dataset.value === asked.get("value"));
  choiceOf("filter").selectedIndex = Math.max(of, 0);
  const named = [...document.querySelectorAll("nav.pictures a")].map((one) => /** @type {HTMLElement} */ (one).dataset.picture);
  state.picture = named.find((one) => one === asked.get("picture")) ?? "top";
  state.mark = asked.get("code") ? { code: asked.get("code") ?? "", group: asked.get("group") ?? "", with: asked.get("with") ?? "" } : null;
}

/** Choose what was chosen when the page was left, where the address does not say: it says so then. */
function resume() {
  const asked = new URLSearchParams(location.search);
  for (const id of LASTING) {
    const was = kept(id);
    const there = [...choiceOf(id).options].some((one) => one.value === was);
    if (!asked.has(id) && there && was !== state.defaults[id]) asked.set(id, was);
  }
  if (asked.size) history.replaceState(null, "", `?${asked}`);
}

// What is shown

let loads = 0;
const ASKED_AGAIN = 1500;

async function load() {
  const mine = ++loads;
  const waiting = setTimeout(() => byId("picture-part").setAttribute("aria-busy", "true"), 300);
  try {
    arrange();
    state.width = Math.min(byId("drawing").clientWidth, widest());
    const asked = chosen();
    asked.set("width", String(state.width));
    const found = await api("results", undefined, asked);
    if (mine !== loads) return; // something else was asked for meanwhile
    byId("base").textContent = found.base;
    byId("divided").textContent = found.divided;
    byId("divided-part").hidden = !found.divided;
    behind(found.behind);
    byId("state").textContent = found.state;
    if (byId("heading").textContent !== found.heading) byId("heading").textContent = found.heading;
    byId("subtitle").textContent = found.subtitle;
    byId("why").textContent = found.why;
    byId("source").textContent = found.source;
    for (const [id, there] of Object.entries({ heading: found.heading, why: found.why, source: found.drawing, hint: found.drawing, "save-picture": found.drawing, "table-part": found.tables.length })) byId(id).hidden = !there;
    if (state.picture === "change") byId("then").value = found.choice.then;
    if (found.choice.by) byId("by").value = found.choice.by;
    state.tables = found.tables;
    draw(byId("drawing"), found.drawing, `${found.heading}. ${found.subtitle}`, state.mark, open);
    fill(byId("tables"), found.tables.map((one) => table(one)));
    byId("lines-part").hidden = !found.unplaced;
    fill(byId("lines"), (found.unplaced?.lines ?? []).map(([name, like]) => line(name, like, found.unplaced?.codes ?? [])));
    byId("machine-part").hidden = !found.machine.length;
    fill(byId("machine"), found.machine.map((one) => table(one)));
    for (const link of document.querySelectorAll("a")) if (link.dataset.base) link.href = `${link.dataset.base}?${chosen()}`;
    for (const link of document.querySelectorAll("a")) if ("format" in link.dataset) link.hidden = !found.coded;
    if (!found.drawing && state.picture === "top") await machineAtWork();
    document.body.dataset.shown = state.picture;
    document.body.dataset.ready = "yes";
  } catch (error) {
    failed(error);
  } finally {
    clearTimeout(waiting);
    if (mine === loads) byId("picture-part").removeAttribute("aria-busy");
  }
}

/**
 * A line of the last list that is no code, and the codes that it may have been.
 * @param {string} name @param {string} like the code that it looks like @param {[string, string][]} codes
 */
function line(name, like, codes) {
  const choice = el("select", { "data-line": name }, el("option", { value: "" }, "–"),
    codes.map(([code, label]) => el("option", { value: code }, label)));
  choice.value = like;
  return el("label", { class: "field" }, el("span", {}, name), choice);
}

/** Say which codes the lines are, of which one was chosen. */
async function placeLines() {
  const chosenOf = [...byId("lines").querySelectorAll("select")].filter((one) => one.value);
  if (!chosenOf.length) return;
  try {
    await api("was-called", { wave: byId("then").value, lines: Object.fromEntries(chosenOf.map((one) => [one.dataset.line, one.value])) });
    await load();
    byId("heading").focus();
  } catch (error) {
    failed(error);
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let again;
/** That the codebook has other rules since the machine coded; what it codes again is shown when it is there. @param {{ busy: boolean, said: string } | null} now */
function behind(now) {
  byId("behind-part").hidden = !now;
  if (!now) return;
  byId("behind").textContent = now.said;
  byId("recode").hidden = now.busy;
  clearTimeout(again);
  if (now.busy) again = setTimeout(load, ASKED_AGAIN);
}

byId("recode").addEventListener("click", async () => {
  try {
    await api("learn", {});
    await load();
  } catch (error) {
    failed(error);
  }
});

/** Where there is nothing to show yet and the machine is at work on it, say so, and look again. */
async function machineAtWork() {
  const { learning } = await api("status");
  if (!learning.busy) return;
  byId("why").textContent = learning.said;
  setTimeout(() => location.reload(), ASKED_AGAIN);
}

/** What belongs to the picture that is chosen, and where the answers stand. */
function arrange() {
  byId("by-part").hidden = state.picture !== "groups" || !byId("by").value;
  byId("seen").dataset.picture = state.picture;
  byId("seen").classList.toggle("open", state.mark !== null);
  byId("answers-part").hidden = state.mark === null;
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("nav.pictures a"))) {
    if (link.dataset.picture === state.picture) {
      link.setAttribute("aria-current", "true");
      if (link.parentElement) link.parentElement.scrollLeft = link.offsetLeft - 40; // on a telephone they stand in one row
    } else link.removeAttribute("aria-current");
  }
}

/** @param {{ focus?: boolean }} [how] */
async function show({ focus = false } = {}) {
  const shown = load();
  if (state.mark) await showAnswers(chosen(), state.picture, state.mark, focus);
  await shown;
}

/** @param {PictureMark} mark */
function open(mark) {
  state.mark = mark;
  remember();
  show({ focus: true });
}

function close() {
  const was = state.mark;
  state.mark = null;
  remember();
  show().then(() => /** @type {SVGElement | null} */ (document.querySelector(`#drawing .mark[data-code="${CSS.escape(was?.code ?? "")}"]`))?.focus());
}

// The estimate

let estimating = false;
/** @param {boolean} start whether it is to be made anew */
async function estimate(start) {
  try {
    if (start) await api("estimate", { wave: byId("wave").value });
    const width = Math.min(byId("estimates").clientWidth, 860);
    const found = await api("estimated", undefined, new URLSearchParams({ width: String(width) }));
    byId("estimate").disabled = found.busy;
    byId("estimating").textContent = found.said;
    byId("estimating-bar").hidden = !found.busy;
    byId("estimating-bar").setAttribute("value", String(found.progress));
    byId("estimate-old").textContent = found.old;
    byId("estimate-old").hidden = !found.old;
    byId("estimate").textContent = say(found.tables.length ? "estimate_again" : "make_estimate");
    fill(byId("estimates"), found.tables.map((one) => table(one)));
    showCorrected(found);
    if (found.busy) setTimeout(estimate, 700, false);
    else if (start || estimating) await load(); // it may stand beside a list that was published
    estimating = found.busy;
  } catch (error) {
    failed(error);
  }
}

/** The picture of an estimate; before it what is to be minded, for who reads no further. @param {Estimated} found */
function showCorrected({ picture, warnings }) {
  byId("estimate-part").hidden = !picture;
  if (!picture) return;
  byId("estimate-heading").textContent = picture.heading;
  byId("estimate-subtitle").textContent = picture.subtitle;
  byId("estimate-source").textContent = picture.source;
  fill(byId("estimate-warnings"), warnings.map((one) => el("p", { class: "notice" }, one)));
  draw(byId("estimate-drawing"), picture.drawing, `${picture.heading}. ${picture.subtitle}`, null, open);
}

// The start

for (const id of CHOICES) state.defaults[id] = byId(id).value;
state.defaults.picture = "top";
for (const id of [...CHOICES, "filter"]) byId(id).addEventListener("change", () => { for (const one of LASTING) keep(one, byId(one).value); remember(); show(); });
document.querySelector("nav.pictures")?.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!(event instanceof MouseEvent) || !link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  state.picture = link.dataset.picture ?? "top";
  state.mark = null;
  remember();
  show().then(() => announce(byId("heading").textContent ?? ""));
});
addEventListener("popstate", () => { recall(); show(); });
byId("lines-take").addEventListener("click", placeLines);
byId("copy").addEventListener("click", () => copyTables(state.tables));
byId("answers-close").addEventListener("click", close);
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && state.mark) close(); });
/** @type {ReturnType<typeof setTimeout> | undefined} */
let resized;
new ResizeObserver(() => {
  if (!state.width || Math.abs(Math.min(byId("drawing").clientWidth, widest()) - state.width) < 16) return;
  clearTimeout(resized);
  resized = setTimeout(() => { load(); estimate(false); }, 150);
}).observe(byId("drawing"));
byId("estimate").addEventListener("click", () => estimate(true));
resume();
recall();
wireAnswers(() => { load(); estimate(false); });
show();
estimate(false);

// The house style of slides and documents: a template that is kept beside the study.

/** @param {string} name @param {File | string} content nothing takes it away */
async function keepStyle(name, content) {
  try {
    await sendFile("house-style/upload", name, content);
    location.reload();
  } catch (error) {
    failed(error);
  }
}
for (const input of document.querySelectorAll("input[data-style]")) {
  input.addEventListener("change", () => {
    const [file] = /** @type {HTMLInputElement} */ (input).files ?? [];
    if (file) keepStyle(file.name, file);
  });
}
for (const button of document.querySelectorAll("button[data-no-style]")) {
  button.addEventListener("click", () => keepStyle(`house.${/** @type {HTMLElement} */ (button).dataset.noStyle}`, ""));
}
