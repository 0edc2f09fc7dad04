// @ts-check
// Tables as the server tells them: as elements, of which cells may lead somewhere and be darker, and for a spreadsheet.

import { byId, el, say, toast } from "./common.js";

/** @import { Table } from "./protocol.d.ts" */

/** With more columns of numbers than this their heads stand upright, so that more of them are seen at once. */
const UPRIGHT = 8;

/**
 * A table with its notes. A cell with a link leads to `to` and what the link asks, or to the page that the link names.
 * @param {Table} one @param {string} [to]
 */
export function table(one, to = "") {
  const heads = one.columns.map((column) => (column.name ? el("th", { scope: "col", class: column.number ? "number" : "" }, el("span", {}, column.name)) : el("td", {})));
  const longest = one.columns.map((_, place) => Math.max(0, ...one.rows.map((row) => row[place]?.length ?? 0)));
  /** Words need room: names some, sentences more. @param {number} place */
  const width = (place) => ((longest[place] ?? 0) > 80 ? "long longer" : (longest[place] ?? 0) > 28 ? "long" : "");
  const label = one.columns.findIndex((column) => !column.number);
  /** @param {number} place */
  const kind = (place) => (one.columns[place]?.number ? "number" : [place === label ? "label" : "", width(place)].join(" ").trim());
  const rows = one.rows.map((row, number) => el("tr", {}, row.map((cell, place) => {
    const link = one.links?.[number]?.[place];
    const made = el("td", { class: kind(place) }, link ? el("a", { href: link.includes("?") ? link : `${to}?${link}` }, cell) : cell);
    const heat = one.heat?.[number]?.[place];
    if (heat) made.style.setProperty("--heat", `${Math.round(100 * heat)}%`);
    return made;
  })));
  return el("div", { class: "stack" }, el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": one.title },
    el("table", { class: one.columns.filter((column) => column.number).length > UPRIGHT ? "many" : null }, el("caption", {}, one.title), el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows))),
    one.notes.map((note) => el("p", { class: "small" }, note)));
}

/** Copy tables with tabs between their cells, as a spreadsheet takes them. @param {Table[]} tables */
export async function copyTables(tables) {
  const text = tables.map((one) => [one.columns.map((column) => column.name), ...one.rows]
    .map((row) => row.map((cell) => cell.replace(/[\t\r\n]+/g, " ")).join("\t")).join("\n")).join("\n\n");
  try {
    await navigator.clipboard.writeText(text);
  } catch { // on a network without encryption there is no clipboard to ask
    const field = el("textarea", { class: "hidden-words" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    byId("copy").focus();
  }
  toast(say("copied"));
}
