// @ts-check
// The results of documents: a view with its tables as they are now. What is chosen stands in the address, and a number
// leads to the fragments behind it.

import { announce, api, byId, choiceOf, el, failed, fill, messageOf, moment, say, toast } from "./common.js";
import { draw } from "./picture.js";
import { copyTables, table } from "./tables.js";

/** @import { Figures, Observed, PictureMark, Table } from "./protocol.d.ts" */

const CHOICES = /** @type {const} */ (["by", "now", "then", "organisation", "coder", "limit", "within", "code"]);
const FRAGMENTS = "fragments";
const ASKED_AGAIN = 700;
const WIDE = new Set(["codes", "groups", "together", "periods", "copied"]);
/** @type {{ view: string, width: number, tables: Table[] }} */
const state = { view: "sure", width: 0, tables: [] };
const links = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("nav.pictures a"));
const views = [...links].map((one) => one.dataset.view ?? "");

// What is chosen, and the address

/** What the server is asked: what belongs to the view. */
function chosen() {
  const asked = new URLSearchParams({ view: state.view });
  for (const id of CHOICES) {
    const part = choiceOf(id).closest("[data-of]");
    if (choiceOf(id).value && part instanceof HTMLElement && part.dataset.of?.split(" ").includes(state.view)) asked.set(id, choiceOf(id).value);
  }
  return asked;
}

/** Choose what the address says; what it does not say is chosen by the server. */
function recall() {
  const asked = new URLSearchParams(location.search);
  state.view = views.find((one) => one === asked.get("view")) ?? "sure";
  for (const id of CHOICES) {
    const options = [...choiceOf(id).options].map((one) => one.value);
    choiceOf(id).value = options.find((one) => one === asked.get(id)) ?? (["coder", "limit"].includes(id) ? options[0] ?? "" : "");
  }
}

function arrange() {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-of]"))) {
    const select = part.querySelector("select");
    const useless = select?.id === "coder" && select.options.length < 2;
    part.hidden = useless || !part.dataset.of?.split(" ").includes(state.view);
  }
  byId("choices").hidden = ![...byId("choices").querySelectorAll("[data-of]")].some((one) => !(/** @type {HTMLElement} */ (one).hidden));
  byId("seen").dataset.picture = WIDE.has(state.view) ? "groups" : "top";
  for (const link of links) {
    if (link.dataset.view === state.view) {
      link.setAttribute("aria-current", "true");
      if (link.parentElement) link.parentElement.scrollLeft = link.offsetLeft - 40; // on a telephone they stand in one row
    } else link.removeAttribute("aria-current");
  }
}

// What is shown

let loads = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let again;

async function load() {
  const mine = ++loads;
  clearTimeout(again);
  const waiting = setTimeout(() => byId("picture-part").setAttribute("aria-busy", "true"), 300);
  try {
    arrange();
    state.width = Math.min(byId("drawing").clientWidth, WIDE.has(state.view) ? 1200 : 860);
    const asked = chosen();
    asked.set("width", String(state.width));
    const found = await api("figures", undefined, asked);
    if (mine === loads && !unkept()) show(found); // else something else was asked for, or is being written, meanwhile
  } catch (error) {
    failed(error);
  } finally {
    clearTimeout(waiting);
    if (mine === loads) byId("picture-part").removeAttribute("aria-busy");
  }
}

/** @param {Figures} found */
function show(found) {
  if (byId("heading").textContent !== found.heading) byId("heading").textContent = found.heading;
  for (const id of /** @type {const} */ (["subtitle", "why", "source"])) byId(id).textContent = found[id];
  const there = { "observed-part": found.observed, heading: found.heading, why: found.why, source: found.drawing, hint: found.drawing, "save-picture": found.drawing, "table-part": found.tables.length, "sentences-part": found.sentences.length };
  for (const [id, shown] of Object.entries(there)) byId(id).hidden = !shown;
  byId("picture-part").hidden = !found.drawing && !found.why;
  for (const id of /** @type {const} */ (["by", "now", "then", "organisation", "within", "code"])) if (found.choice[id]) choiceOf(id).value = found.choice[id];
  state.tables = found.tables;
  draw(byId("drawing"), found.drawing, `${found.heading}. ${found.subtitle}`, null, open);
  fill(byId("tables"), found.tables.map((one) => table(one, FRAGMENTS)));
  fill(byId("sentences"), found.sentences.map((one) => el("li", { class: one.enough ? "enough" : null },
    one.said, " ", one.code ? el("a", { href: `${FRAGMENTS}?${new URLSearchParams({ code: one.code })}` }, say("page_fragments")) : null)));
  fill(byId("observed"), (found.observed ?? []).map(observed));
  for (const link of document.querySelectorAll("a")) if (link.dataset.base) link.href = `${link.dataset.base}?${chosen()}`;
  measuring(found.measuring);
  document.body.dataset.shown = state.view;
  document.body.dataset.ready = "yes";
}

/** @param {Figures["measuring"]} now how far the machine is with how much was found */
function measuring(now) {
  byId("measuring").textContent = now?.said ?? "";
  byId("measuring-bar").hidden = !now?.busy;
  byId("measuring-bar").setAttribute("value", String(now?.progress ?? 0));
  for (const one of byId("measure").querySelectorAll("input, button")) /** @type {HTMLInputElement} */ (one).disabled = !now?.may || now.busy;
  if (now?.busy) again = setTimeout(load, ASKED_AGAIN);
}

let keeping = Promise.resolve();
/** What was noted of a group, to be written in. @param {Observed} one @param {number} place */
function observed(one, place) {
  const code = byId("code").value;
  const text = el("textarea", { maxlength: 4000, rows: 4, "aria-describedby": `noted-${place}`, "aria-label": `${say("figures_observation")}: ${one.heading}` });
  text.value = one.text;
  const refused = el("p", { class: "error", role: "alert", hidden: true });
  const told = el("p", { class: "small", id: `noted-${place}` });
  const keep = el("button", { type: "submit", disabled: true }, say("figures_keep"));
  let since = one.event;
  /** @param {string} who @param {string} when */
  const tell = (who, when) => { told.textContent = who ? say("figures_noted_by", { who, when }) : ""; };
  tell(one.who, one.when ? moment(one.when) : "");
  text.addEventListener("input", () => { keep.disabled = text.value.trim() === one.text; });
  const written = async () => {
    const now = text.value.trim();
    refused.hidden = true;
    keep.disabled = true;
    try {
      const done = await api("observe", { code, group: one.group, text: now, since });
      since = done.event;
      one.text = now;
      keep.disabled = text.value.trim() === now;
      tell(done.who, moment(new Date().toISOString()));
      announce(say("figures_kept"));
    } catch (error) {
      keep.disabled = false;
      refused.hidden = false;
      refused.textContent = messageOf(error);
    }
  };
  const submit = () => { if (!keep.disabled) keeping = keeping.then(written); };
  text.addEventListener("change", submit);
  return el("form", { class: "card stack", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); submit(); } },
  el("h3", {}, one.heading), el("p", { class: "small" }, one.counts, " ", one.link ? el("a", { href: `${FRAGMENTS}?${one.link}` }, say("page_fragments")) : null),
  text, refused, el("div", { class: "row" }, keep, told));
}

// What is written and not kept yet is not lost without a word.
addEventListener("beforeunload", (event) => {
  if (unkept()) event.preventDefault();
});
const unkept = () => [...document.querySelectorAll("#observed form button")].some((one) => !(/** @type {HTMLButtonElement} */ (one).disabled));

/** Go to the fragments behind a mark. @param {PictureMark} mark */
function open(mark) {
  const asked = new URLSearchParams({ code: mark.code });
  if (mark.group) {
    asked.set("attribute", byId("by").value);
    asked.set("value", mark.group);
  }
  if (mark.with) {
    asked.set("with", mark.with);
    asked.set("within", byId("within").value);
  }
  if (state.view !== "sure" && byId("coder").value) asked.set("coder", byId("coder").value);
  location.assign(`${FRAGMENTS}?${asked}`);
}

/** Go to what is chosen now, so that "back" comes to what was. What is being noted is kept first. */
async function go() {
  await keeping;
  if (unkept()) {
    recall();
    toast(say("figures_unkept"), true);
    return;
  }
  const query = `?${chosen()}`;
  if (location.search !== query) history.pushState(null, "", query);
  await load();
}

for (const id of CHOICES) byId(id).addEventListener("change", go);
document.querySelector("nav.pictures")?.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!(event instanceof MouseEvent) || !link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  state.view = link.dataset.view ?? "sure";
  go().then(() => announce(byId("heading").textContent || link.textContent || ""));
});
byId("measure").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    measuring(await api("measure", { target: Number(byId("target").value) }));
  } catch (error) {
    failed(error);
  }
});
byId("copy").addEventListener("click", () => copyTables(state.tables));
addEventListener("popstate", () => { recall(); load(); });
/** @type {ReturnType<typeof setTimeout> | undefined} */
let resized;
new ResizeObserver(() => {
  if (!state.width || !byId("drawing").clientWidth || Math.abs(Math.min(byId("drawing").clientWidth, WIDE.has(state.view) ? 1200 : 860) - state.width) < 16) return;
  clearTimeout(resized);
  resized = setTimeout(load, 150);
}).observe(byId("drawing"));
recall();
load();
