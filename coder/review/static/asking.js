// @ts-check
// The dialogs of the coding page: help, the same answers, a new code.

import { api, dialog, el, failed, fill, messageOf, pieces, say } from "./common.js";
import { keysOff, setKeysOff } from "./keys.js";

/** @import { Found, Held, Verdict } from "./protocol.d.ts" */

/** @param {() => void} close */
const cancel = (close) => el("button", { type: "button", onclick: close }, say("cancel"), el("kbd", {}, "Esc"));

const CODING = ["Enter", "jk", "n", "u", "x", "f", "m", "s", "c", "/", "z", "q", "v", "Backspace", "?"];
/** @type {Record<string, string>} */
const SAID = { "/": "slash", "?": "help" };

/**
 * The keys. `first` has those of one page (several apart by a space), with what they are said to do; `rest` others.
 * @param {string[][]} [first] @param {string[]} [rest]
 */
export function showHelp(first = [], rest = CODING) {
  const rows = [...first, ...rest.map((keys) => [keys === "jk" ? "j k" : keys, `key_${SAID[keys] ?? keys}`])];
  dialog(say("help"), (close) => [
    el("div", { class: "keys" },
      el("span", {}, el("kbd", {}, "1"), " … ", el("kbd", {}, "y")), el("span", {}, say("key_codes")),
      rows.flatMap(([keys = "", word = ""]) => [
        el("span", {}, keys.split(" ").flatMap((key) => [el("kbd", {}, key === "Backspace" ? "⌫" : key), " "])),
        el("span", {}, say(word)),
      ])),
    el("label", { class: "tick" },
      el("input", { type: "checkbox", checked: !keysOff(), onchange: (/** @type {any} */ event) => setKeysOff(!event.target.checked) }),
      say("keys_on")),
    el("div", { class: "row" }, el("button", { type: "button", class: "primary", onclick: close, autofocus: true }, say("close"))),
  ]);
}

/**
 * @param {Held} one @param {Record<string, Verdict>} codes
 * @param {(code: string) => string} labelOf @param {(units: string[]) => void} apply
 */
export async function askSimilar(one, codes, labelOf, apply) {
  try {
    const found = await api("similar", { unit: one.id });
    const boxes = found.units.map((unit) => ({
      unit, box: el("input", { type: "checkbox", checked: !unit.coded, "data-unit": unit.id }),
    }));
    const named = Object.entries(codes).map(([code, verdict]) => labelOf(code) + (verdict === "unsure" ? " ?" : ""));
    const chosen = () => boxes.filter(({ box }) => box.checked).map(({ unit }) => unit.id);
    const button = el("button", { type: "submit", class: "primary", autofocus: true });
    const count = () => { button.textContent = say("apply", { n: chosen().length }); button.disabled = !chosen().length; };
    const box = dialog(say("same_title"), (close) => [
      el("p", {}, named.length ? say("same_gives", { codes: named.join(", ") }) : say("same_none")),
      el("form", { class: "stack", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); apply(chosen()); close(); } },
        el("div", { class: "list", onchange: count }, boxes.map(({ unit, box: tick }) =>
          el("label", { class: "tick" }, tick, el("span", {}, unit.text, unit.coded ? el("span", { class: "small" }, ` – ${say("coded_already")}`) : null)))),
        el("div", { class: "row" }, button, cancel(close))),
    ]);
    count();
    if (!boxes.length) box.querySelector(".list")?.append(el("p", { class: "small" }, say("same_nothing")));
  } catch (error) {
    failed(error);
  }
}

// Shows what rules find while they are typed; says where one cannot be read.
/**
 * @param {Element} place @param {() => object} rules
 * @param {(readable: boolean, found?: Found) => void} [told] whether each can be read, and what they find
 * @returns {() => void} to be called when something was typed
 */
export function liveHits(place, rules, told = () => {}) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    try {
      const found = await api("rules", rules());
      if (mine !== asked) return;
      fill(place, ...hitsOf(found));
      told(!found.broken.length, found);
    } catch (error) {
      if (mine !== asked) return;
      told(false);
      fill(place, el("p", { class: "error", role: "alert" }, messageOf(error)));
    }
  };
  return () => { clearTimeout(timer); timer = setTimeout(look, 200); };
}

/** @param {Found} found */
function hitsOf(found) {
  const broken = found.broken.map((one) => el("p", { class: "error", role: "alert" },
    el("strong", {}, one.rule.slice(0, one.column)), el("mark", {}, one.rule.slice(one.column) || "⎵"), ` – ${one.said}`));
  const rows = found.rules.map((one) => el("tr", {}, el("td", {}, el("code", {}, one.rule)),
    el("td", { class: "number" }, String(one.answers)), el("td", { class: "number" }, one.coded ? `${one.right} / ${one.coded}` : "–")));
  const table = rows.length ? el("div", { class: "scroll" }, el("table", { class: "tried" }, el("thead", {}, el("tr", {}, el("th", {}, say("rule")),
    el("th", { class: "number" }, say("finds")), el("th", { class: "number" }, say("right_of_coded")))), el("tbody", {}, rows))) : null;
  if (broken.length && !rows.length) return broken; // nothing was looked for
  return [...broken, el("p", { "aria-live": "polite" }, el("strong", {}, say(found.coded ? "finds_n" : "note_search", { count: found.answers, coded: found.coded, right: found.right }))),
    table, el("div", { class: "hits" }, found.hits.map((one) => el("p", {}, pieces(one))))];
}

/**
 * The answer that is read gets the code too, unless its rule was tried and does not find it, or somebody says otherwise.
 * @param {string} marked words of the answer, or "" @param {string} unit the answer that is read, or ""
 * @param {(code: string, give: boolean) => void} made
 */
export function askNewCode(marked, unit, made) {
  const name = el("input", { name: "name", required: true, maxlength: 200, autofocus: true, autocomplete: "off" });
  const rule = el("input", { name: "rule", maxlength: 500, value: marked ? `"${marked.replaceAll('"', "")}"` : "", autocomplete: "off", spellcheck: "false" });
  const counts = el("input", { type: "checkbox", name: "counts", checked: Boolean(marked) });
  const give = el("input", { type: "checkbox", name: "give", checked: Boolean(unit) });
  let told = false;
  give.addEventListener("change", () => { told = true; });
  const found = el("div", { class: "stack" });
  const button = el("button", { type: "submit", class: "primary" }, say("make"), el("kbd", {}, "Enter"));
  let readable = true;
  const settle = () => { button.disabled = counts.checked && !readable; };
  const look = liveHits(found, () => ({ rules: rule.value.trim() ? [rule.value.trim()] : [], unit }), (now, seen) => {
    readable = now;
    if (unit && !told) give.checked = !rule.value.trim() || Boolean(seen?.here);
    settle();
  });
  const refused = el("p", { class: "error", role: "alert", hidden: true });
  dialog(say("new_code"), (close) => [
    el("form", { class: "stack", onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      try {
        const answer = await api("new-code", { name: name.value, rule: counts.checked ? rule.value.trim() : "" });
        close();
        made(answer.code, give.checked);
      } catch (error) {
        refused.hidden = false;
        refused.textContent = messageOf(error);
      }
    } },
    el("label", { class: "field" }, el("span", {}, say("name")), name),
    el("label", { class: "field" }, el("span", {}, say("new_rule")), rule),
    el("p", { class: "small" }, say(marked ? "rule_from_marked" : "rule_from_nothing")),
    el("label", { class: "tick" }, counts, say("rule_counts")),
    unit ? el("label", { class: "tick" }, give, say("give_here")) : null,
    found,
    refused,
    el("div", { class: "row" }, button, cancel(close))),
  ]);
  counts.addEventListener("change", settle);
  rule.addEventListener("input", () => { counts.checked = Boolean(rule.value.trim()); look(); });
  if (marked) look();
}
