// @ts-check
// The results: tables as they are now, and an estimate that is made in the background.

import { api, byId, el, failed, fill } from "./common.js";

/** @import { Table } from "./protocol.d.ts" */

/** @param {Table} one */
function table(one) {
  const heads = one.columns.map((column) => el("th", { scope: "col", class: column.number ? "number" : "" }, column.name));
  const label = one.columns.findIndex((column) => !column.number);
  /** @param {number} place */
  const kind = (place) => (one.columns[place]?.number ? "number" : place === label ? "label" : "");
  const rows = one.rows.map((row) => el("tr", {}, row.map((cell, place) => el("td", { class: kind(place) }, cell))));
  return el("div", { class: "stack" }, el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": one.title },
    el("table", {}, el("caption", {}, one.title), el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows))),
    one.notes.map((note) => el("p", { class: "small" }, note)));
}

const choice = () => ({ whose: byId("whose").value, wave: byId("wave").value, then: byId("then").value, limit: byId("limit").value });

let loads = 0;

async function load() {
  try {
    const mine = ++loads;
    const query = new URLSearchParams(choice());
    const found = await api("results", undefined, query);
    if (mine !== loads) return; // another table was asked for meanwhile
    byId("state").textContent = found.state;
    for (const part of /** @type {const} */ (["top", "comparison", "agreement", "machine"])) {
      byId(`${part}-part`).hidden = !found[part].length;
      fill(byId(part), found[part].map(table));
    }
    byId("nothing").hidden = found.top.length > 0;
    for (const link of document.querySelectorAll("a")) if (link.dataset.base) link.href = `${link.dataset.base}?${query}`;
    document.body.dataset.ready = "yes";
  } catch (error) {
    failed(error);
  }
}

/** @param {boolean} start whether it is to be made anew */
async function estimate(start) {
  try {
    const found = await (start ? api("estimate", { wave: byId("wave").value }) : api("estimated"));
    byId("estimate").disabled = found.busy;
    byId("estimating").textContent = found.said;
    byId("estimating-bar").hidden = !found.busy;
    byId("estimating-bar").setAttribute("value", String(found.progress));
    fill(byId("estimates"), found.tables.map(table));
    if (found.busy) setTimeout(estimate, 700, false);
  } catch (error) {
    failed(error);
  }
}

for (const id of ["whose", "wave", "then", "limit"]) byId(id).addEventListener("change", load);
byId("estimate").addEventListener("click", () => estimate(true));
load();
estimate(false);
