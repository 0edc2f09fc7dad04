// @ts-check
// Which background columns somebody wants to see: chosen once for the coding page and the grid, kept in this browser.

import { dialog, el, fill, say } from "./common.js";

const KEPT = `coder-columns-${document.body.dataset.key}`;
const MANY = 12;

/** @returns {string[]} */
export const columnsKept = () => JSON.parse(localStorage.getItem(KEPT) ?? "[]");
/** @param {string[]} names */
export const keepColumns = (names) => localStorage.setItem(KEPT, JSON.stringify(names));

/**
 * A search field above a long list of choices; those that do not have what is typed are hidden.
 * @param {HTMLElement} list of which each child is a choice
 */
export const searchIn = (list) => el("input", { type: "search", "aria-label": say("find_in_list"), placeholder: say("find_in_list"),
  autocomplete: "off", oninput: (/** @type {any} */ event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const one of /** @type {HTMLElement[]} */ ([...list.children])) one.hidden = !one.textContent?.toLowerCase().includes(wanted);
  } });

/** @param {string[]} names @param {string[]} chosen @param {(chosen: string[]) => void} apply called at each change */
export function askColumns(names, chosen, apply) {
  const now = new Set(chosen);
  const list = el("div", { class: "list" });
  const boxes = names.map((name) => el("input", { type: "checkbox", checked: now.has(name), onchange: (/** @type {any} */ event) => {
    if (event.target.checked) now.add(name); else now.delete(name);
    apply(names.filter((one) => now.has(one)));
  } }));
  fill(list, names.map((name, place) => el("label", { class: "tick" }, boxes[place], el("span", {}, name))));
  dialog(say("columns"), (close) => [
    el("p", { class: "small" }, say("columns_says")),
    names.length > MANY ? searchIn(list) : null,
    names.length ? list : el("p", {}, say("no_columns")),
    el("div", { class: "row" }, el("button", { type: "button", class: "primary", onclick: close, autofocus: true }, say("close")),
      names.length ? el("button", { type: "button", onclick: () => {
        now.clear();
        for (const box of boxes) box.checked = false;
        apply([]);
      } }, say("no_column")) : null),
  ]);
}
