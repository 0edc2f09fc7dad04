// @ts-check
// A picture that the server drew, as elements of the page: each mark in it can be pressed, and reached by arrows.

import { fill, svg } from "./common.js";

/** @import { Drawing, PictureMark, Shape } from "./protocol.d.ts" */

const FONT = "Liberation Sans, Arial, Helvetica, sans-serif"; // as it was measured

/** @param {Shape} shape @returns {SVGElement} */
function build([name, attributes, ...children]) {
  const made = /** @type {SVGElement} */ (svg(name, attributes));
  made.append(...children.map((one) => (typeof one === "string" ? one : build(one))));
  return made;
}

/**
 * Show a drawing, or nothing. `pressed` is told which mark was pressed; the one that is open is shown as such.
 * @param {Element} place @param {Drawing | null} drawing @param {string} name what it shows, in words
 * @param {PictureMark | null} open @param {(mark: PictureMark) => void} pressed
 */
export function draw(place, drawing, name, open, pressed) {
  if (!drawing) {
    fill(place);
    return;
  }
  const focused = document.activeElement?.closest("#drawing .mark") ? keyOf(markOf(/** @type {SVGElement} */ (document.activeElement))) : "";
  const made = svg("svg", {
    class: "picture", viewBox: `0 0 ${drawing.width} ${drawing.height}`, width: drawing.width, height: drawing.height,
    "font-family": FONT, role: "group", "aria-label": name,
  }, ...drawing.shapes.map(build));
  const marks = /** @type {SVGElement[]} */ ([...made.querySelectorAll(".mark")]);
  const pressable = marks.filter((one) => one.dataset.code);
  for (const one of marks) {
    one.setAttribute("role", one.dataset.code ? "button" : "img");
    one.setAttribute("aria-label", one.querySelector("title")?.textContent ?? "");
  }
  for (const one of pressable) {
    one.setAttribute("tabindex", "-1");
    one.setAttribute("aria-pressed", String(open !== null && keyOf(open) === keyOf(markOf(one))));
    one.addEventListener("click", () => pressed(markOf(one)));
    one.addEventListener("keydown", (event) => pressedKey(event, one, pressable, pressed));
  }
  const first = pressable.find((one) => keyOf(markOf(one)) === focused) ?? pressable[0];
  first?.setAttribute("tabindex", "0");
  fill(place, made);
  if (focused) first?.focus({ preventScroll: true });
}

/** @param {SVGElement} one @returns {PictureMark} */
const markOf = (one) => ({ code: one.dataset.code ?? "", group: one.dataset.group ?? "", with: one.dataset.with ?? "" });
/** @param {PictureMark} mark */
const keyOf = (mark) => JSON.stringify([mark.code, mark.group, mark.with]);

/** @type {Record<string, [number, number]>} */
const WAYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/**
 * Enter and space press a mark; an arrow goes to the nearest one that way.
 * @param {KeyboardEvent} event @param {SVGElement} one @param {SVGElement[]} marks @param {(mark: PictureMark) => void} pressed
 */
function pressedKey(event, one, marks, pressed) {
  const way = WAYS[event.key];
  if (event.key === "Enter" || event.key === " ") pressed(markOf(one));
  else if (way) {
    const next = nearest(one, marks, way);
    if (next) {
      one.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    }
  } else return;
  event.preventDefault();
}

/** @param {SVGElement} one @param {SVGElement[]} marks @param {[number, number]} way */
function nearest(one, marks, [right, down]) {
  /** @param {SVGElement} mark */
  const middle = (mark) => {
    const box = (mark.querySelector(".pressed") ?? mark).getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const [x = 0, y = 0] = middle(one);
  const found = marks.filter((mark) => mark !== one).map((mark) => {
    const [atX = 0, atY = 0] = middle(mark);
    const along = (atX - x) * right + (atY - y) * down;
    const aside = Math.abs((atX - x) * down) + Math.abs((atY - y) * right);
    return { mark, along, far: along + 4 * aside };
  }).filter(({ along }) => along > 4);
  return found.sort((a, b) => a.far - b.far)[0]?.mark;
}
