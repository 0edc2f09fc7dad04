// @ts-check
// The page on which answers are coded. What is shown changes at once; the server is told in the background.

import { announce, api, byId, choiceOf, dialogOpen, el, failed, fill, keep as store, kept, maybe, messageOf, number, percent, pieces, save, say, toast } from "./common.js";
import { keyOf, keysOfCodes, keysOff, typing } from "./keys.js";
import { askNewCode, askSimilar, showHelp } from "./asking.js";
import { askColumns, columnsKept, keepColumns } from "./columns.js";
import { watch } from "./side.js";

/** @import { Answer, Code, Held, Verdict } from "./protocol.d.ts" */

const AHEAD = 12; // so many answers are at hand, or half of them
const MOST = 60; // of so many the first that nobody else has before them
const SHARED = ["targeted", "random", "uncoded"];
const WORK = [...SHARED, "assigned"]; // what is coded leaves these
const QUOTED = 60;
const BACK_AFTER = 20; // newly coded answers, and one that was coded before comes back
const narrow = matchMedia("(max-width: 720px)");
/**
 * What is on the page. `ids`: the queue, of which the one at `at` is shown; `keys`: those of codes, by their ids;
 * `match`: which of `matches` is chosen while one types; `hide`: proposals are not shown; `beyond`: so many answers
 * follow on the queue; `resume`: the answer from which one went back to a skipped one.
 * @type {{ kind: string, codes: Code[], keys: Map<string, string>, ids: string[], at: number,
 *   items: Map<string, Held>, last: string, matches: Code[], match: number, why: Record<string, string>, hide: boolean,
 *   beyond: number, resume: string }}
 */
const state = { kind: "", codes: [], keys: new Map(), ids: [], at: 0, items: new Map(), last: "", matches: [], match: 0, why: {}, hide: false, beyond: 0, resume: "" };
const adjudicating = () => state.kind === "disagreements";
const item = () => state.items.get(state.ids[state.at] ?? "");

// An answer that is judged again has a place of its own in the queue.
const AGAIN = "again ";
/** @param {Answer} one */
const placeOf = (one) => (one.again ? AGAIN + one.id : one.id);
/** @param {Answer[]} units */
const hold = (units) => { for (const one of units) state.items.set(placeOf(one), { ...one, open: !one.seen }); };

// The queue

let loads = 0;

async function loadQueue({ keep = false } = {}) {
  const kind = byId("kind").value;
  byId("of-code").hidden = kind !== "code";
  byId("of-text").hidden = kind !== "search";
  maybe("deal-part")?.toggleAttribute("hidden", kind !== "assigned");
  byId("search-error").hidden = true;
  try {
    const value = kind === "code" ? byId("code-wanted").value : kind === "search" ? byId("search").value : "";
    const mine = ++loads;
    const found = await api("queue", { kind, value });
    if (mine !== loads) return; // another queue was asked for meanwhile
    const current = keep ? state.ids[state.at] : undefined; // now, for a key may have gone on meanwhile
    state.kind = kind;
    state.why = found.why;
    const open = found.ids.filter((id) => id !== current && !(SHARED.includes(kind) && state.items.get(id)?.seen)); // what is on its way counts
    const past = new Set(current === undefined ? [] : state.ids.slice(0, state.at)); // what was skipped stays behind
    const before = open.filter((id) => past.has(id));
    const back = state.ids.slice(state.at + 1).filter((id) => id.startsWith(AGAIN));
    state.ids = current === undefined ? open : [...before, current, ...open.filter((id) => !past.has(id))];
    state.at = before.length;
    if (keep) state.ids.splice(state.at + 1, 0, ...back);
    state.beyond = found.total - found.ids.length;
    if (!keep) state.resume = "";
    fill(byId("queue-note"), found.note);
    store("queue", { kind, value });
    if (!keep) {
      state.hide = kind === "random" || kind === "assigned";
      byId("blind").checked = state.hide;
      state.items.clear();
    }
    await ahead();
    show();
    document.body.dataset.queue = kind;
  } catch (error) {
    if (kind !== "search") {
      failed(error);
      return;
    }
    byId("search-error").hidden = false;
    fill(byId("search-error"), messageOf(error));
  }
}

// Who leads deals the answers that nobody has yet.
maybe("deal")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
  byId("deal-error").hidden = true;
  try {
    const { dealt } = await api("deal", { coders: form.getAll("coder"), share: Number(byId("deal-share").value) });
    fill(byId("dealt"), dealt.map((said) => el("li", {}, said)));
    await loadQueue();
  } catch (error) {
    byId("deal-error").hidden = false;
    fill(byId("deal-error"), messageOf(error));
  }
});

// Another person has these before them, or coded them: they leave the queue.
/** @param {string[]} taken */
function drop(taken) {
  const gone = new Set(taken.filter((id) => !state.items.has(id)));
  if (!gone.size) return;
  const before = state.ids.slice(0, state.at).filter((id) => gone.has(id)).length;
  state.ids = state.ids.filter((id) => !gone.has(id));
  state.at = Math.min(state.at - before, Math.max(0, state.ids.length - 1));
}

let fetching = false;
async function ahead() {
  /** @param {number} most */
  const missing = (most) => state.ids.slice(Math.max(0, state.at - 1), state.at + most).filter((id) => !state.items.has(id));
  const most = missing(AHEAD).length;
  if (!missing(AHEAD / 2).length || (fetching && item())) return;
  const shared = SHARED.includes(state.kind);
  fetching = true;
  try {
    const found = await api("units", {
      ids: shared ? missing(MOST).slice(0, MOST) : missing(AHEAD), most, adjudicate: adjudicating(), shared, both: state.kind === "twice",
    });
    hold(found.units);
    drop(found.taken);
  } catch (error) {
    failed(error);
  } finally {
    fetching = false;
  }
}

/** @param {1 | -1} step */
async function go(step) {
  const next = state.at + step;
  if (next < 0) {
    announce(say("at_start"));
    return;
  }
  const one = item();
  if (one) one.open = one.open && !one.seen;
  if (next >= state.ids.length) {
    announce(say("at_end"));
    await loadQueue();
    return;
  }
  state.at = next;
  if (!item()) await ahead();
  show();
  ahead();
}

// What was skipped

// In the random queue the first answer before this one that is not coded: what comes after it is in no sample.
function skipped() {
  return state.kind === "random" ? state.ids.slice(0, state.at).find((id) => !id.startsWith(AGAIN) && !state.items.get(id)?.seen) : undefined;
}

function toSkipped() {
  const id = skipped();
  if (!id) return;
  state.resume = state.ids[state.at] ?? "";
  state.at = state.ids.indexOf(id);
  show();
  ahead();
}

// To the next answer; from one that was skipped to the next such, or back to where one was.
function onward() {
  const from = state.ids.indexOf(state.resume);
  const one = item();
  state.resume = from > state.at && one?.seen ? state.resume : "";
  if (state.resume) {
    const next = state.ids.findIndex((id, place) => place > state.at && !state.items.get(id)?.seen);
    state.at = (next < 0 ? from : Math.min(next, from)) - 1;
  }
  go(1);
}

// What is decided

// Whoever settles decides alone: there a proposal is not taken along.
/** @param {Held} one @param {string} code @returns {Verdict | "proposed" | ""} */
function stateOf(one, code) {
  const given = one.given[code];
  if (given) return given;
  if (adjudicating()) return "";
  return one.open && !state.hide && one.proposals.some((proposal) => proposal.code === code && proposal.on) ? "proposed" : "";
}

/** @param {Held} one @param {Record<string, Verdict>} codes @param {boolean} [seen] the whole answer was looked at */
function decide(one, codes, seen = false) {
  const before = one.seen;
  Object.assign(one.given, codes);
  one.examined = one.examined || seen;
  one.seen = one.examined || Object.values(one.given).includes("yes"); // as the server has it
  save({ kind: "decide", units: [one.id], codes, seen, adjudicate: adjudicating(), again: one.again });
  if (!before && one.seen && !one.again && WORK.includes(state.kind)) bringBack();
}

// One that was coded before comes back, without what was given, after the next one.
async function bringBack() {
  const coded = (kept("coded") ?? 0) + 1;
  const due = coded >= BACK_AFTER && byId("again").checked;
  store("coded", due ? 0 : coded);
  if (!due) return;
  try {
    const { unit } = await api("again", {});
    if (!unit) return;
    hold([unit]);
    state.ids.splice(Math.min(state.at + 2, state.ids.length), 0, placeOf(unit));
  } catch (error) {
    failed(error);
  }
}

/** @param {string} code */
function toggle(code) {
  const one = item();
  if (!one) return;
  const verdict = one.given[code] === "yes" || one.given[code] === "unsure" ? "no" : "yes";
  state.last = code;
  one.begun = true;
  decide(one, { [code]: verdict });
  announce(say(verdict === "yes" ? "given" : "taken", { code: labelOf(code) }));
  show();
}

function unsure() {
  const one = item();
  if (!one || !state.last || !one.given[state.last]) {
    announce(say("unsure_what"));
    return;
  }
  const verdict = one.given[state.last] === "unsure" ? "yes" : "unsure";
  decide(one, { [state.last]: verdict });
  announce(say(verdict === "unsure" ? "made_unsure" : "given", { code: labelOf(state.last) }));
  show();
}

function accept() {
  const one = item();
  if (!one) return;
  const proposed = state.codes.filter((code) => stateOf(one, code.id) === "proposed").map((code) => code.id);
  const anything = proposed.length || Object.values(one.given).some((verdict) => verdict !== "no");
  const nothing = !anything && !one.seen;
  if (nothing && state.kind !== "random") toast(say("nothing_chosen")); // there the page says more
  else if (!nothing && (one.open || !one.seen || state.kind === "twice")) decide(one, Object.fromEntries(proposed.map((code) => [code, "yes"])), true);
  if (one.begun && proposed.length) toast(say("taken_along", { codes: proposed.map(labelOf).join(", ") }));
  one.begun = one.open = false;
  onward();
}

function noneFits() {
  const one = item();
  if (!one) return;
  const held = Object.keys(one.given).filter((code) => one.given[code] !== "no");
  const refused = state.hide ? [] : one.proposals.filter((proposal) => proposal.on).map((proposal) => proposal.code);
  decide(one, Object.fromEntries([...held, ...refused].map((code) => [code, "no"])), true);
  one.open = false;
  announce(say("none_fits"));
  onward();
}

function undo() {
  save({ kind: "undo", adjudicate: adjudicating() }, (done) => {
    if (done.error) return;
    if (done.codebook) {
      toast(say("undone_codebook", { n: done.codebook }));
      loadCodes().then(show);
      return;
    }
    const [first] = done.units ?? [];
    if (!first) {
      announce(say("nothing_to_undo"));
      return;
    }
    hold(done.units ?? []);
    const place = state.ids.indexOf(placeOf(first));
    if (place >= 0) state.at = place;
    else state.ids.splice(state.at, 0, placeOf(first));
    announce(say("undone"));
    show();
  });
}

function flag() {
  const one = item();
  if (!one) return;
  one.flag = !one.flag;
  save({ kind: "flag", unit: one.id, on: one.flag });
  announce(say(one.flag ? "flagged" : "unflagged"));
  show();
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let waitingNote;
function noteChanged() {
  const one = item();
  if (!one) return;
  one.note = byId("note").value;
  clearTimeout(waitingNote);
  store("note", { unit: one.id, note: one.note });
  waitingNote = setTimeout(() => saveNote(one), 400);
}

/** @param {boolean} open */
const noteOpen = (open) => byId("note-part").toggleAttribute("open", open);

/** @param {Held} one */
function saveNote(one) {
  clearTimeout(waitingNote);
  waitingNote = undefined;
  save({ kind: "note", unit: one.id, note: one.note }, () => store("note", null));
}

// What is shown

/** @param {string} id */
const labelOf = (id) => state.codes.find((code) => code.id === id)?.label ?? id;

function show() {
  const one = item();
  byId("empty").hidden = Boolean(one);
  byId("answer").hidden = !one;
  byId("note-part").hidden = !one;
  if (one?.note) noteOpen(true);
  if (!one) for (const part of ["others-part", "proposals-part"]) byId(part).hidden = true;
  byId("where").textContent = one ? where() : "";
  if (!one) return;
  showSkipped();
  const text = byId("text");
  if (text.dataset.unit !== `${one.id} ${state.hide}`) {
    if (narrow.matches && scrollY) byId("answer").scrollIntoView({ block: "start" });
    fill(text, pieces(state.hide ? one.segments.map(({ t }) => ({ t })) : one.segments));
    text.classList.toggle("long", one.long);
    text.scrollTop = 0;
    if (text.scrollHeight > text.clientHeight + 1) text.tabIndex = 0; // so that keys can scroll it
    else text.removeAttribute("tabindex");
    text.dataset.unit = `${one.id} ${state.hide}`;
    showBackground(one);
    fill(byId("why"), (state.why[one.id] ?? "").split("; ").slice(0, 2).join("; "));
    byId("why").hidden = !state.why[one.id];
    if (document.activeElement !== byId("note")) byId("note").value = one.note;
    byId("same").hidden = !one.same;
    byId("same-count").textContent = say("same", { n: one.same });
    showOthers(one);
  }
  byId("flag").setAttribute("aria-pressed", String(one.flag));
  showChips(one);
  showProposals(one);
  showCodes(one);
}

/** @param {Held} one */
function showBackground(one) {
  const wanted = columnsKept();
  byId("columns").hidden = !columns.length;
  byId("background").hidden = !wanted.length;
  fill(byId("background"), one.background.filter(([name]) => wanted.includes(name))
    .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

// How far one is: in what is to be coded how much is left, whatever was coded before it was opened.
function where() {
  if (!WORK.includes(state.kind)) return say("where", { n: state.at + 1, of: state.ids.length });
  return say("left", { n: number(state.beyond + state.ids.filter((id) => !state.items.get(id)?.seen).length) });
}

function showSkipped() {
  const id = skipped();
  byId("skipped").hidden = !id;
  const text = (id && state.items.get(id)?.segments.map(({ t }) => t).join("")) || "";
  const said = id ? say("skipped", { text: text.length > QUOTED ? `${text.slice(0, QUOTED).trim()}…` : text }) : "";
  if (byId("skipped-text").textContent !== said) byId("skipped-text").textContent = said;
}

/** @param {Held} one */
function showChips(one) {
  const held = state.codes.filter((code) => ["yes", "unsure"].includes(one.given[code.id] ?? ""));
  const none = one.seen && !held.length ? [el("span", { class: "chip none" }, say("none_fits"))] : [];
  fill(byId("chips"), held.map((code) => el("button", {
    type: "button", class: `chip ${one.given[code.id]}`, onclick: () => toggle(code.id), title: say("take_away"),
  }, code.label + (one.given[code.id] === "unsure" ? " ?" : ""))), none,
    held.length || none.length ? [] : el("span", { class: "small" }, say(adjudicating() ? "not_settled" : "not_coded")));
}

/** @param {Held} one */
function showProposals(one) {
  byId("proposals-part").hidden = state.hide || !one.proposals.length;
  fill(byId("proposals"), one.proposals.map((proposal) => {
    const now = stateOf(one, proposal.code);
    return el("button", { type: "button", class: "proposal", "data-state": now || "open", onclick: () => toggle(proposal.code) },
      el("kbd", { class: "state" }, state.keys.get(proposal.code) ?? "·"),
      el("span", { class: "label" }, labelOf(proposal.code), el("span", { class: "hidden-words" }, ` (${say(`state_${now || "open"}`)})`)),
      el("span", { class: "why" }, proposal.why),
      el("span", { class: "chance" }, proposal.chance === null ? "" : percent(proposal.chance)));
  }));
}

/** @param {Code} code @param {string} wanted */
function matching(code, wanted) {
  if (!wanted) return true;
  const text = `${code.number} ${code.label} ${code.id} ${code.definition}`.toLowerCase();
  return wanted.split(/\s+/).every((word) => text.includes(word));
}

/** @param {Held} one */
function showCodes(one) {
  const wanted = byId("filter").value.trim().toLowerCase();
  state.matches = state.codes.filter((code) => matching(code, wanted));
  state.match = Math.min(state.match, Math.max(0, state.matches.length - 1));
  const focused = document.activeElement?.getAttribute("data-code");
  fill(byId("codes"), state.matches.map((code, place) => {
    const now = stateOf(one, code.id);
    const first = wanted && place === state.match;
    return el("button", {
      type: "button", class: code.net ? "code under" : "code", "data-state": now, "data-code": code.id,
      "aria-pressed": String(now === "yes" || now === "unsure"), "aria-current": first ? "true" : false,
      title: code.definition, onclick: () => toggle(code.id),
    }, el("kbd", {}, state.keys.get(code.id) ?? "·"),
      el("span", { class: "label" }, code.label, wanted && code.definition ? el("span", { class: "found" }, code.definition) : null),
      el("span", { class: "count", "aria-label": say("times", { count: code.n }) }, String(code.n)));
  }), state.matches.length ? [] : el("p", { class: "small" }, say("no_code")));
  if (!focused) return;
  /** @type {HTMLElement | null} */ (byId("codes").querySelector(`[data-code="${CSS.escape(focused)}"]`))
    ?.focus({ preventScroll: true });
}

/** @param {Held} one */
function showOthers(one) {
  byId("others-part").hidden = state.hide || !one.others.length;
  byId("others-title").textContent = say(adjudicating() ? "coders_gave" : "others");
  /** @param {string} who */
  const called = (who) => (who === document.body.dataset.who ? say("who_you", { who }) : who);
  fill(byId("others"), one.others.map((other) => el("p", {}, el("strong", {}, `${called(other.who)}: `),
    other.codes.length ? other.codes.map(labelOf).join(", ") : say("none_fits"))));
}

// Keys

/** @type {Record<string, () => void>} */
const commands = {
  Enter: accept, j: () => go(1), k: () => go(-1), u: undo, n: noneFits, x: unsure, f: flag,
  m: () => { noteOpen(true); byId("note").focus(); }, s: similar, c: newCode, "/": () => byId("filter").focus(),
  z: () => { byId("kind").value = "search"; byId("of-code").hidden = true; byId("of-text").hidden = false; byId("search").focus(); },
  q: () => byId("kind").focus(), "?": () => showHelp(), v: blind, Backspace: toSkipped,
};

function blind() {
  state.hide = !state.hide;
  byId("blind").checked = state.hide;
  announce(say(state.hide ? "hidden" : "shown"));
  show();
}

document.addEventListener("keydown", (event) => {
  const target = event.target;
  if (dialogOpen() || !(target instanceof HTMLElement)) return;
  if (event.key === "Escape" && typing(target)) target.blur();
  if (typing(target) || keysOff()) return;
  if (event.key === "Enter" && target.closest("a, summary, button")) return;
  const key = keyOf(event);
  const code = [...state.keys].find(([, one]) => one === key)?.[0];
  const act = commands[key] ?? (code ? () => toggle(code) : null);
  if (!act) return;
  event.preventDefault();
  act();
});

// A button that was clicked does not keep the focus: Enter is then "accept" again, and not that button once more.
document.addEventListener("click", (event) => {
  const focused = document.activeElement;
  if (event.detail && !dialogOpen() && focused instanceof HTMLElement && focused.matches(".coding button")) focused.blur();
});

function filtered() {
  const one = item();
  if (one) showCodes(one);
}
byId("filter").addEventListener("input", () => { state.match = 0; filtered(); });
byId("filter").addEventListener("keydown", (event) => {
  const found = state.matches[state.match];
  if (event.key === "ArrowDown") state.match = Math.min(state.match + 1, state.matches.length - 1);
  else if (event.key === "ArrowUp") state.match = Math.max(state.match - 1, 0);
  else if (event.key === "Enter" && found) {
    byId("filter").value = "";
    byId("filter").blur();
    toggle(found.id);
    state.match = 0;
  } else return;
  event.preventDefault();
  filtered();
});

// What is asked in a dialog

function similar() {
  const one = item();
  if (!one || one.again) return;
  /** @type {Record<string, Verdict>} */
  const codes = {};
  for (const { id } of state.codes) {
    const now = stateOf(one, id);
    if (now && now !== "no") codes[id] = now === "unsure" ? "unsure" : "yes";
  }
  askSimilar(one, codes, labelOf, (units) => {
    save({ kind: "decide", units: [one.id, ...units], codes, seen: true, adjudicate: adjudicating() }, () => loadQueue());
    Object.assign(one.given, codes);
    one.seen = one.examined = true;
    one.open = false;
    toast(say("applied", { count: units.length + 1 }));
  });
}

function newCode() {
  const selected = getSelection();
  const marked = selected && byId("text").contains(selected.anchorNode) ? selected.toString().trim() : "";
  const unit = item()?.id ?? "";
  askNewCode(marked, unit, async (made, give) => {
    await loadCodes();
    const given = give && item()?.id === unit;
    if (given) toggle(made);
    toast(say(given ? "code_made_given" : "code_made", { code: labelOf(made) }));
  });
}

/** @type {string[]} */
let columns = [];

async function loadCodes() {
  const found = await api("codes");
  state.codes = found.codes;
  columns = found.columns;
  state.keys = keysOfCodes(state.codes);
  const wanted = byId("code-wanted").value;
  fill(byId("code-wanted"), state.codes.map((code) => el("option", { value: code.id, selected: code.id === wanted }, code.label)));
}

// The start

for (const [id, act] of Object.entries({ "do-accept": accept, "do-none": noneFits, "do-back": () => go(-1), "do-next": () => go(1),
  "do-undo": undo, "do-skipped": toSkipped, "do-help": () => showHelp(), columns: chooseColumns, "open-codes": () => openCodes(), "do-new": newCode, same: similar, flag })) {
  maybe(id)?.addEventListener("click", act);
}
byId("blind").addEventListener("change", blind);
byId("again").addEventListener("change", () => localStorage.setItem(NOT_AGAIN, byId("again").checked ? "" : "1"));

function chooseColumns() {
  askColumns(columns, columnsKept(), (names) => {
    keepColumns(names);
    const one = item();
    if (one) showBackground(one);
  });
}

// On a telephone the codes are a sheet that slides up.
/** @param {boolean} [open] */
function openCodes(open) {
  const now = document.body.classList.toggle("codes-open", open);
  byId("open-codes").setAttribute("aria-expanded", String(now));
  if (now) byId("answer").scrollIntoView({ block: "start" });
}

// A queue that was chosen gives the focus to the answer, so that keys are for it again. Arrows go through the queues
// without leaving them: there Enter chooses.
let byArrow = false;
const toAnswer = () => (byId("answer").hidden ? byId("main") : byId("answer")).focus({ preventScroll: true });
for (const id of ["kind", "code-wanted"]) {
  byId(id).addEventListener("keydown", (event) => {
    byArrow = !event.altKey && !["Enter", " "].includes(event.key); // those open and close the list
    if (event.key === "Enter") setTimeout(toAnswer);
  });
  byId(id).addEventListener("pointerdown", () => { byArrow = false; });
}
async function chosen() {
  await loadQueue();
  if (!byArrow) toAnswer();
}
byId("kind").addEventListener("change", () => {
  if (byId("kind").value !== "search" || byId("search").value) {
    chosen();
    return;
  }
  byId("of-text").hidden = false;
  byId("of-code").hidden = true;
  byId("search").focus();
});
byId("code-wanted").addEventListener("change", chosen);
byId("search-form").addEventListener("submit", (event) => { event.preventDefault(); byId("search").blur(); loadQueue(); });
byId("note").addEventListener("input", noteChanged);
byId("note").addEventListener("blur", () => {
  const one = item();
  if (waitingNote !== undefined && one) saveNote(one);
});

const NOT_AGAIN = `coder-not-again-${document.body.dataset.key}`;
const unfold = () => { for (const id of ["note-part", "queue-more"]) byId(id).toggleAttribute("open", !narrow.matches); };
narrow.addEventListener("change", unfold);

async function start() {
  unfold(); // on a telephone the answer comes first
  byId("again").checked = !localStorage.getItem(NOT_AGAIN);
  const asked = new URLSearchParams(location.search).get("queue");
  const before = asked ? { kind: asked, value: "" } : kept("queue");
  if (asked) history.replaceState(null, "", location.pathname); // what is chosen from here on stays after a reload
  await loadCodes();
  if (before && [...choiceOf("kind").options].some((one) => one.value === before.kind)) {
    byId("kind").value = before.kind;
    if (before.kind === "code") byId("code-wanted").value = before.value;
    if (before.kind === "search") byId("search").value = before.value;
  }
  const draft = kept("note");
  if (draft) save({ kind: "note", unit: draft.unit, note: draft.note }, () => store("note", null));
  await loadQueue();
  document.body.dataset.ready = "yes";
  watch({
    sample: (note) => { if (state.kind === "random") byId("queue-note").textContent = note; },
    counts: (counts) => {
      for (const code of state.codes) code.n = counts[code.id] ?? 0;
      if (!dialogOpen()) filtered();
    },
    renewed: () => {
      for (const id of state.ids.slice(state.at + 1)) if (!id.startsWith(AGAIN)) state.items.delete(id);
      loadQueue({ keep: true });
    },
    codebook: async () => { await loadCodes(); show(); },
  });
}
start().catch(failed);
