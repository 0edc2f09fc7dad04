// @ts-check
// The text of a document on the page: passages of blocks, of which only those near the screen are in the page, with
// brackets in the margin for what is coded in them. A passage that is not there keeps the height it had, or about that.

import { el, say } from "./common.js";
import { toPoints, toUnits, whole } from "./places.js";

/** @import { Block, Passage, Plan } from "./protocol.d.ts" */
/** @typedef {{ start: number, end: number, hue: number, label: string, title: string, kind: "own" | "other" | "proposed" | "unsure" | "replaced" | "last" }} Mark */

const LINE = 28;
const LANE = 24;
const TAGS = ["h2", "h3", "h4", "h5"];

export class PlanView {
  /**
   * @param {HTMLElement} place what scrolls
   * @param {Plan} plan
   * @param {{ fetch: (numbers: number[]) => Promise<Passage[]>, marks: (start: number, end: number, passage: Passage) => Mark[],
   *   target: () => { first: number, last: number, start: number, end: number } | null, isRead: (block: number) => boolean,
   *   isControl: (block: number) => boolean, clicked: (block: number, mark: Mark | null) => void }} asks
   */
  constructor(place, plan, asks) {
    this.place = place;
    this.plan = plan;
    this.asks = asks;
    /** @type {Map<number, Passage>} */
    this.held = new Map(plan.shown.map((one) => [one.number, one]));
    /** @type {Set<number>} */
    this.near = new Set();
    /** @type {Set<number>} */
    this.asked = new Set();
    this.boxes = plan.passages.map(([first, stop, lines], number) => {
      const box = el("div", { class: "passage", "data-number": number });
      box.style.height = `${lines * LINE}px`;
      box.dataset.blocks = `${first}-${stop}`;
      return box;
    });
    place.replaceChildren(...this.boxes);
    this.watcher = new IntersectionObserver((seen) => this.moved(seen), { root: place, rootMargin: "100% 0px" });
    for (const box of this.boxes) this.watcher.observe(box);
    let width = place.clientWidth;
    new ResizeObserver(() => {
      if (place.clientWidth !== width) this.redraw([...this.near]);
      width = place.clientWidth;
    }).observe(place);
  }

  /** The passage of a block. @param {number} block */
  numberOf(block) {
    let low = 0;
    let high = this.plan.passages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.plan.passages[middle]?.[0] ?? 0) <= block) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** @param {number} block @returns {Block | undefined} */
  block(block) {
    const passage = this.held.get(this.numberOf(block));
    return passage?.blocks[block - (passage.blocks[0]?.n ?? 0)];
  }

  /** @param {IntersectionObserverEntry[]} seen */
  moved(seen) {
    for (const one of seen) {
      const number = Number(/** @type {HTMLElement} */ (one.target).dataset.number);
      if (one.isIntersecting) this.near.add(number);
      else if (this.near.delete(number)) this.clear(number);
    }
    this.fill();
  }

  // What is near the screen is shown, and asked for where it is not there yet.
  fill() {
    const missing = [...this.near].filter((number) => !this.held.has(number) && !this.asked.has(number));
    this.steady(() => this.draw([...this.near]));
    if (missing.length) this.load(missing.slice(0, 12));
  }

  /** Change what stands in the page, and leave what is read where it is. @param {() => void} change */
  steady(change) {
    const view = this.place.getBoundingClientRect();
    /** @param {Element} one */
    const seen = (one) => {
      const box = one.getBoundingClientRect();
      return box.bottom > view.top && box.top < view.bottom;
    };
    const shown = [...this.place.querySelectorAll(".block.now"), ...this.boxes.filter(seen).flatMap((one) => [...one.querySelectorAll(".block")])].find(seen);
    const before = shown?.getBoundingClientRect().top ?? 0;
    change();
    if (shown?.isConnected) this.place.scrollTop += shown.getBoundingClientRect().top - before;
  }

  /** @param {number[]} numbers */
  async load(numbers) {
    for (const number of numbers) this.asked.add(number);
    try {
      for (const one of await this.asks.fetch(numbers)) this.held.set(one.number, one);
    } finally {
      for (const number of numbers) this.asked.delete(number);
    }
    for (const [number] of [...this.held].slice(0, Math.max(0, this.held.size - 80))) if (!this.near.has(number)) this.held.delete(number);
    this.fill();
  }

  /** Read passages anew, as other proposals may be seen in them. */
  async renew() {
    const near = [...this.near];
    for (const number of [...this.held.keys()]) if (!near.includes(number)) this.held.delete(number);
    for (const one of await this.asks.fetch(near)) this.held.set(one.number, one);
    this.redraw(near);
  }

  /** @param {number} number */
  clear(number) {
    const box = this.boxes[number];
    if (!box?.firstChild) return;
    box.style.height = `${box.offsetHeight}px`;
    box.replaceChildren();
  }

  /** Put passages in the page, those that are not there. @param {number[]} numbers */
  draw(numbers) {
    const drawn = numbers.filter((number) => {
      const box = this.boxes[number];
      const passage = this.held.get(number);
      if (!box || !passage || box.firstChild) return false;
      let page = this.pageBefore(passage);
      box.append(el("div", { class: "brackets", "aria-hidden": "true" }), ...passage.blocks.map((one) => {
        const shown = this.blockOf(one, page);
        page = one.page;
        return shown;
      }));
      box.style.height = "";
      return true;
    });
    if (drawn.length) this.redraw(drawn);
  }

  /** @param {Passage} passage */
  pageBefore(passage) {
    const before = this.block((passage.blocks[0]?.n ?? 0) - 1);
    return before ? before.page : passage.blocks[0]?.n ? (passage.blocks[0]?.page ?? 0) : 0;
  }

  /** @param {Block} one @param {number} page that of the block before it */
  blockOf(one, page) {
    const tag = one.kind === "heading" ? TAGS[Math.min(one.level, TAGS.length) - 1] ?? "h2" : "p";
    const words = el(/** @type {"p"} */ (tag), { class: "words", dir: "auto" });
    const listed = one.kind === "item" && !/^\s*([•\-–—*▪◦·+]|\d+[.)]|[a-z][.)])/.test(one.text);
    const time = one.time >= 0 ? ` ${Math.floor(one.time / 60)}:${String(Math.floor(one.time % 60)).padStart(2, "0")}` : "";
    const speaker = one.speaker && !one.text.startsWith(one.speaker) ? one.speaker : "";
    return el("div", { class: `block ${one.kind}${listed ? " listed" : ""}`, id: `b${one.n}`, "data-block": one.n, role: "group", tabindex: -1 },
      one.page && one.page !== page ? el("span", { class: "page-mark" }, say("page_n", { n: one.label || one.page })) : null,
      speaker || time ? el("span", { class: "speaker" }, speaker + time) : null,
      words, el("span", { class: "tick-read", "aria-hidden": "true" }));
  }

  /** Everything that changes on blocks: marks, what is chosen, what was read. @param {number[]} numbers */
  redraw(numbers) {
    const drawn = numbers.map((number) => this.drawBlocks(number)).filter((one) => one !== null);
    const placed = drawn.map((one) => this.extents(one)); // first all is written, then all is measured
    for (const one of placed) this.drawBrackets(one);
  }

  /** Anew whatever touches these ranges of blocks. @param {[number, number][]} ranges first and last */
  redrawBlocks(...ranges) {
    const numbers = new Set();
    for (const [first, last] of ranges) for (let number = this.numberOf(first); number <= this.numberOf(last); number++) numbers.add(number);
    this.redraw([...numbers]);
  }

  /** @param {number} number */
  drawBlocks(number) {
    const box = this.boxes[number];
    const passage = this.held.get(number);
    const first = passage?.blocks[0];
    const last = passage?.blocks[passage.blocks.length - 1];
    if (!box?.firstChild || !passage || !first || !last) return null;
    const marks = this.asks.marks(first.start, last.start + toPoints(last.text, last.text.length), passage);
    const target = this.asks.target();
    for (const one of passage.blocks) {
      const shown = document.getElementById(`b${one.n}`);
      if (shown) this.drawBlock(shown, one, marks, target);
    }
    return { box, passage, marks };
  }

  /** @param {HTMLElement} shown @param {Block} one @param {Mark[]} marks @param {ReturnType<PlanView["asks"]["target"]>} target */
  drawBlock(shown, one, marks, target) {
    const size = toPoints(one.text, one.text.length);
    const here = marks.filter((mark) => mark.start < one.start + size && mark.end > one.start);
    const parts = here.filter((mark) => mark.start > one.start || mark.end < one.start + size)
      .map((mark) => ({ start: toUnits(one.text, Math.max(0, mark.start - one.start)), end: toUnits(one.text, Math.min(size, mark.end - one.start)), mark }));
    const now = target !== null && one.n >= target.first && one.n <= target.last;
    const part = now && target && (target.start > one.start || target.end < one.start + size) && target.first === target.last
      ? { start: toUnits(one.text, target.start - one.start), end: toUnits(one.text, target.end - one.start) } : null;
    const read = this.asks.isRead(one.n);
    shown.classList.toggle("now", now);
    shown.classList.toggle("read", read);
    shown.classList.toggle("control", this.asks.isControl(one.n));
    if (now) shown.setAttribute("aria-current", "true");
    else shown.removeAttribute("aria-current");
    const codes = here.filter((mark) => mark.kind !== "proposed").map((mark) => mark.title);
    const proposed = here.filter((mark) => mark.kind === "proposed").map((mark) => mark.title);
    shown.setAttribute("aria-label", [say(`kind_${one.kind}`), read ? say("is_read") : "", codes.join(", "),
      proposed.length ? say("proposed_here", { codes: proposed.join(", ") }) : ""].filter(Boolean).join("; "));
    const tick = shown.querySelector(".tick-read");
    if (tick) tick.textContent = read ? "✓" : "";
    const words = /** @type {HTMLElement} */ (shown.querySelector(".words"));
    const key = JSON.stringify([part, parts.map(({ start, end, mark }) => [start, end, mark.hue, mark.kind])]);
    if (words.dataset.parts === key) return;
    words.dataset.parts = key;
    words.replaceChildren(...segments(one.text, parts, part));
  }

  /** Where the marks of a passage stand. @param {{ box: HTMLElement, passage: Passage, marks: Mark[] }} drawn */
  extents({ box, passage, marks }) {
    const layer = /** @type {HTMLElement} */ (box.querySelector(".brackets"));
    const top = box.getBoundingClientRect().top;
    const places = marks.map((mark) => ({ mark, ...this.extent(passage, mark, top) })).filter((one) => one.height > 0);
    places.sort((one, other) => one.top - other.top || other.height - one.height);
    return { layer, passage, places, room: marks.length ? layer.clientWidth : 0 };
  }

  /** @param {ReturnType<PlanView["extents"]>} placed */
  drawBrackets({ layer, passage, places, room }) {
    /** @type {number[]} until where each lane is taken */
    const lanes = [];
    const put = places.map((one) => {
      let lane = lanes.findIndex((until) => until <= one.top + 1);
      if (lane < 0) lane = lanes.push(0) - 1;
      lanes[lane] = one.top + one.height;
      return { ...one, lane };
    });
    const wide = Math.min(LANE, room / Math.max(1, lanes.length));
    layer.replaceChildren(...put.map(({ mark, top: from, height, lane }) => {
      const made = el("span", { class: `bracket hue-${mark.hue} ${mark.kind}`, title: mark.title },
        wide >= 18 ? el("span", { class: "code-number" }, mark.label) : null);
      made.style.top = `${from + 2}px`;
      made.style.height = `${Math.max(14, height - 4)}px`;
      made.style.right = `${lane * wide}px`;
      made.addEventListener("click", () => this.asks.clicked(this.blockAt(passage, mark.start), mark));
      return made;
    }));
  }

  /** @param {Passage} passage @param {number} start */
  blockAt(passage, start) {
    let found = passage.blocks[0]?.n ?? 0;
    for (const one of passage.blocks) if (one.start <= start) found = one.n;
    return found;
  }

  /** Where a mark stands, from the top of its passage. @param {Passage} passage @param {Mark} mark @param {number} top */
  extent(passage, mark, top) {
    let from = Infinity;
    let until = -Infinity;
    for (const one of passage.blocks) {
      if (one.start >= mark.end) break;
      const size = toPoints(one.text, one.text.length);
      if (one.start + size <= mark.start) continue;
      const words = document.getElementById(`b${one.n}`)?.querySelector(".words");
      if (!words) continue;
      const rects = mark.start <= one.start && mark.end >= one.start + size
        ? [words.getBoundingClientRect()]
        : [...rangeIn(words, toUnits(one.text, Math.max(0, mark.start - one.start)), toUnits(one.text, Math.min(size, mark.end - one.start))).getClientRects()];
      for (const rect of rects) {
        from = Math.min(from, rect.top - top);
        until = Math.max(until, rect.bottom - top);
      }
    }
    return { top: from, height: until - from };
  }

  /** Bring a block into sight, in the middle where it was far away. @param {number} block @param {boolean} [jump] */
  async show(block, jump = false) {
    const number = this.numberOf(block);
    if (!this.held.has(number)) await this.load([number]);
    this.near.add(number);
    if (!this.boxes[number]?.firstChild) this.steady(() => this.draw([number]));
    const shown = document.getElementById(`b${block}`);
    if (!shown) return;
    const box = shown.getBoundingClientRect();
    const view = this.place.getBoundingClientRect();
    if (jump) this.place.scrollTop += box.top - view.top - view.height * 0.18;
    else if (box.bottom > view.bottom - 40) this.place.scrollTop += Math.min(box.top - view.top - 40, box.bottom - view.bottom + view.height * 0.3);
    else if (box.top < view.top + 40) this.place.scrollTop += Math.max(box.top - view.top - view.height * 0.3, box.top - view.top - 400);
  }

  /** What is selected with the mouse or a finger, in code points of the document; null where nothing is. */
  selection() {
    const selected = getSelection();
    if (!selected || selected.isCollapsed || !selected.rangeCount) return null;
    const range = selected.getRangeAt(0);
    if (!this.place.contains(range.commonAncestorContainer)) return null;
    const touched = [...this.place.querySelectorAll(".block .words")].filter((one) => range.intersectsNode(one));
    const first = touched[0];
    const last = touched[touched.length - 1];
    if (!first || !last) return null;
    const start = this.placeIn(first, range.startContainer, range.startOffset, 0);
    const end = this.placeIn(last, range.endContainer, range.endOffset, 1);
    const one = this.block(start.block);
    const other = this.block(end.block);
    if (!one || !other) return null;
    const [from] = whole(one.text, start.units, start.block === end.block ? end.units : one.text.length);
    const [, until] = whole(other.text, start.block === end.block ? start.units : 0, end.units);
    const found = { start: one.start + toPoints(one.text, from), end: other.start + toPoints(other.text, until), first: start.block, last: end.block };
    return found.end > found.start ? found : null;
  }

  /** @param {Element} words @param {Node} node @param {number} offset @param {0 | 1} side where it is not in the words: their start or end */
  placeIn(words, node, offset, side) {
    const block = Number(/** @type {HTMLElement} */ (words.closest(".block")).dataset.block);
    const length = this.block(block)?.text.length ?? 0;
    if (!words.contains(node)) return { block, units: side ? length : 0 };
    const range = document.createRange();
    range.selectNodeContents(words);
    range.setEnd(node, offset);
    return { block, units: Math.min(length, range.toString().length) };
  }
}

/** A range of UTF-16 units in an element whose text it is. @param {Element} words @param {number} start @param {number} end */
function rangeIn(words, start, end) {
  const range = document.createRange();
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  let at = 0;
  range.selectNodeContents(words);
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    if (start >= at && start <= at + node.length) range.setStart(node, start - at);
    if (end >= at && end <= at + node.length) {
      range.setEnd(node, end - at);
      break;
    }
    at += node.length;
  }
  return range;
}

/**
 * A text in pieces: coded parts are tinted, and what is chosen is marked.
 * @param {string} text @param {{ start: number, end: number, mark: Mark }[]} parts @param {{ start: number, end: number } | null} chosen
 */
function segments(text, parts, chosen) {
  const ends = [...new Set([0, text.length, ...parts.flatMap(({ start, end }) => [start, end]), ...(chosen ? [chosen.start, chosen.end] : [])])].sort((one, other) => one - other);
  return ends.slice(1).map((end, place) => {
    const start = ends[place] ?? 0;
    const over = parts.filter((one) => one.start <= start && end <= one.end);
    const inside = chosen !== null && chosen.start <= start && end <= chosen.end;
    const top = over.find(({ mark }) => mark.kind !== "proposed") ?? over[0];
    if (!top && !inside) return document.createTextNode(text.slice(start, end));
    return el("span", { class: [top ? `part hue-${top.mark.hue} ${top.mark.kind}` : "", inside ? "chosen" : ""].join(" ").trim(), title: over.map(({ mark }) => mark.title).join("; ") || null }, text.slice(start, end));
  });
}
