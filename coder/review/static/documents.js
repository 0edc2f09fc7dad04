// @ts-check
// The list of the documents of a set: what is known of each, and how far it is read and coded.

import { api, byId, el, failed, fill, maybe, messageOf, number, percent, say, sendFile, toast } from "./common.js";
import { typing } from "./keys.js";
import { takeFiles } from "./upload.js";

/** @import { Listed } from "./protocol.d.ts" */

/** @type {Listed[]} */
let documents = [];
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
const ASKED_AGAIN = 3000;
/** @type {{ column: string, down: boolean }} */
const order = { column: "", down: false };
/** @type {Record<string, (one: Listed) => string | number>} */
const cells = { name: (one) => one.name, period: (one) => one.period, pages: (one) => one.pages, read: (one) => one.read, fragments: (one) => one.fragments };

function show() {
  const wanted = byId("filter").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const shown = documents.filter((one) => {
    const text = `${one.name} ${one.period} ${one.attributes.flat().join(" ")}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  const cell = cells[order.column] ?? ((/** @type {Listed} */ one) => one.attributes.find(([name]) => name === order.column)?.[1] ?? "");
  if (order.column) shown.sort((one, other) => compare(cell(one), cell(other)) * (order.down ? -1 : 1));
  const attributes = [...new Set(documents.flatMap((one) => one.attributes.map(([name]) => name)))];
  const periods = documents.some((one) => one.period);
  /** @param {string} column @param {string} label @param {boolean} [numeric] */
  const head = (column, label, numeric = false) => el("th", { class: numeric ? `number ${column}` : null, scope: "col", "aria-sort": order.column === column ? (order.down ? "descending" : "ascending") : null },
    el("button", { type: "button", class: "sort", onclick: () => { order.down = order.column === column && !order.down; order.column = column; show(); } }, label, order.column === column ? (order.down ? " ↓" : " ↑") : ""));
  fill(byId("documents"), el("thead", {}, el("tr", {}, head("name", say("document_word")), attributes.map((name) => head(name, name)), periods ? head("period", say("period")) : null,
    head("pages", say("pages_word"), true), head("read", say("read_word"), true), head("fragments", say("fragments_word"), true))),
  el("tbody", {}, shown.map((one) => el("tr", {},
    el("th", { scope: "row" }, el("a", { class: "open", href: `read?${new URLSearchParams({ document: one.name })}` }, one.name)),
    attributes.map((name) => el("td", {}, one.attributes.find(([key]) => key === name)?.[1] ?? "")), periods ? el("td", {}, one.period) : null,
    el("td", { class: "number pages" }, one.pages ? number(one.pages) : "–"),
    el("td", { class: "number" }, el("span", { class: "meter" }, bar(one.read), percent(one.read))),
    el("td", { class: "number" }, number(one.fragments))))));
  byId("total").textContent = documents.length ? say("documents_n", { count: shown.length }) : say("no_documents");
}

/** @param {number} share */
function bar(share) {
  const made = el("span", { class: "bar", "aria-hidden": "true" }, el("span", {}));
  /** @type {HTMLElement} */ (made.firstChild).style.width = `${100 * share}%`;
  return made;
}

const words = new Intl.Collator(document.documentElement.lang, { numeric: true });
/** @param {string | number} one @param {string | number} other */
const compare = (one, other) => (typeof one === "number" && typeof other === "number" ? one - other : words.compare(String(one), String(other)));

async function load() {
  const found = await api("list");
  documents = found.documents;
  show();
  const { left, of, document: name, block } = found.control;
  byId("control-next").hidden = !of;
  fill(byId("control-next"), left ? say("control_left", { count: left, of }) : say("control_done", { of }), " ",
    left ? el("a", { class: "button", href: at(name, block) }, say("control_read")) : null);
  following(found.following);
  learning(found.learning);
}

/** @param {string} name @param {number} block */
const at = (name, block) => `read?${new URLSearchParams({ document: name, block: String(block) })}`;

/** @param {import("./protocol.d.ts").Following | null} next */
function following(next) {
  byId("read-next").hidden = !next;
  if (!next) return;
  const place = [next.document, next.page && say("page_n", { n: next.page }), ...next.codes].filter(Boolean).join(" · ");
  fill(byId("read-next"), el("a", { class: "button", href: at(next.document, next.block) }, say("read_next")), ` ${place}`);
}

/** @param {{ busy: boolean, said: string }} now */
function learning(now) {
  const button = /** @type {HTMLButtonElement | null} */ (maybe("propose"));
  if (!button) return;
  button.disabled = now.busy;
  byId("learning").textContent = now.busy ? say("learn_busy") : now.said;
  clearTimeout(timer);
  if (now.busy) timer = setTimeout(() => load().catch(failed), ASKED_AGAIN);
}

byId("filter").addEventListener("input", show);
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !typing(event.target)) {
    event.preventDefault();
    byId("filter").focus();
  }
});
maybe("propose")?.addEventListener("click", async () => {
  try {
    learning((await api("propose", {})).learning);
  } catch (error) {
    failed(error);
  }
});
maybe("control")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const wanted = Number(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("number"));
    const { drawn } = await api("control", { number: wanted });
    toast(say("control_drawn", { count: drawn }));
    await load();
  } catch (error) {
    failed(error);
  }
});

/** Take over tables of fragments, one after another. @param {File[]} files */
async function takeFragments(files) {
  byId("give-fragments").setAttribute("open", "");
  byId("refused-fragments").hidden = true;
  byId("given-fragments").textContent = say("loading");
  /** @type {string[]} */
  const told = [];
  try {
    for (const file of files) told.push(...(await sendFile("fragments/upload", file.name, file)).said);
  } catch (error) {
    byId("refused-fragments").hidden = false;
    byId("refused-fragments").textContent = messageOf(error);
  }
  byId("given-fragments").textContent = told.join(" ");
  load().catch(failed);
}
takeFiles(takeFragments);

load().then(() => { document.body.dataset.ready = "yes"; }).catch(failed);
