// @ts-check
// What all documents say of a code: a row a fragment, in the order of group, document and page. A click goes to the
// place; the code of one's own fragments can be put right here.

import { api, byId, choiceOf, dialogOpen, el, failed, fill, save, say, toast } from "./common.js";
import { typing } from "./keys.js";

/** @import { Code, ReadDone, Source } from "./protocol.d.ts" */

const HUES = 8;
/** Where the code is kept that was looked at last, in this tab. */
const LAST = `coder-fragments-${document.body.dataset.key}`;
const query = new URLSearchParams(location.search);
/** @type {{ codes: Code[], code: string, rows: Source[], total: number, event: number }} */
const state = { codes: [], code: "", rows: [], total: 0, event: 0 };
const who = document.body.dataset.who ?? "";
/** @param {string} id */
const labelOf = (id) => state.codes.find((code) => code.id === id)?.label ?? id;

const ONLY = ["document", "attribute", "value", "coder", "with", "within"];

/** The code, and of which documents and whose its fragments are shown. */
function address() {
  const asked = new URLSearchParams({ code: state.code });
  for (const name of ONLY) for (const value of query.getAll(name)) asked.append(name, value);
  return asked;
}

/** What alone is shown, in words. */
function only() {
  const values = query.getAll("value");
  return [...query.getAll("document"), ...query.getAll("attribute").map((name, place) => `${name}: ${values[place] ?? ""}`), ...query.getAll("coder"),
    ...query.getAll("with").map((code) => say(`fragments_with_${query.get("within") ?? "block"}`, { code: labelOf(code) }))].join(" · ");
}

let loads = 0;
/** @param {boolean} [more] */
async function load(more = false) {
  const mine = ++loads;
  const asked = address();
  asked.set("first", String(more ? state.rows.length : 0));
  const found = await api("fragments", undefined, asked);
  if (mine !== loads) return;
  Object.assign(state, { rows: more ? [...state.rows, ...found.rows] : found.rows, total: found.total, event: found.event });
  byId("total").textContent = say("fragments_in", { count: found.total, documents: found.documents, of: found.of })
    + (found.counted === null ? "" : ` · ${say("fragments_counted", { count: found.counted })}`);
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("[data-report]"))) link.href = `horizontal/${link.dataset.report}?${new URLSearchParams({ code: state.code })}`;
  byId("more").hidden = state.rows.length >= state.total;
  byId("unread").hidden = !found.unread_count;
  const named = [...found.unread, ...(found.unread_count > found.unread.length ? ["…"] : [])].join("; ");
  byId("unread").textContent = say("fragments_unread", { count: found.unread_count, names: named, outside: found.outside });
  show();
}

function show() {
  /** @type {Node[]} */
  const made = [];
  let group = "";
  let document_ = "";
  for (const one of state.rows) {
    if (one.group !== group) made.push(el("h2", {}, one.group));
    if (one.document !== document_) made.push(el("h3", {}, [one.document, one.period].filter(Boolean).join(", "), one.whole ? null : el("span", { class: "small" }, ` · ${say("not_read_whole")}`)));
    group = one.group;
    document_ = one.document;
    made.push(row(one));
  }
  fill(byId("rows"), made, made.length ? null : el("p", { class: "empty" }, say("no_fragments")));
}

/** @param {Source} one */
function row(one) {
  const hue = state.codes.findIndex((code) => code.id === one.code) % HUES;
  const to = `read?${new URLSearchParams({ document: one.document, block: String(one.block) })}`;
  return el("article", { class: `fragment card hue-${Math.max(0, hue)}`, "data-id": one.id },
    el("p", { class: "quote" }, el("span", { class: "soft" }, one.before), el("mark", {}, one.words), el("span", { class: "soft" }, one.after)),
    one.memo ? el("p", { class: "small memo" }, one.memo) : null,
    el("div", { class: "row" }, el("a", { class: "source grow", href: to, onclick: () => mark(one.id) }, one.cited, one.under ? ` · ${one.under}` : ""), el("span", { class: "small" }, one.who),
      one.who === who ? recode(one) : null));
}

/** @param {Source} one */
function recode(one) {
  const codes = el("select", { "aria-label": say("other_code"), onchange: () => change(one, codes.value) },
    state.codes.map((code) => el("option", { value: code.id, selected: code.id === one.code }, code.label)));
  return codes;
}

/** @param {Source} one @param {string} code */
function change(one, code) {
  const span = { id: one.id, start: one.start, end: one.end, code, memo: one.memo, verdict: one.verdict, proposed: false };
  save({ kind: "code", document: one.document, spans: [span], since: state.event }, (/** @type {ReadDone} */ done) => {
    if (!done.error) toast(say("recoded", { code: labelOf(code) }));
    load().catch(failed);
  });
}

/** Where one was, so that the way back is to it. @param {string} id */
function mark(id) {
  const asked = address();
  asked.set("at", id);
  history.replaceState(null, "", `?${asked}`);
}

const back = () => (history.length > 1 ? history.back() : location.assign("documents"));

byId("do-back").addEventListener("click", back);
document.addEventListener("keydown", (event) => {
  if (event.key === "Backspace" && !typing(event.target) && !dialogOpen()) {
    event.preventDefault();
    back();
  }
});
byId("more").addEventListener("click", () => load(true).catch(failed));
byId("code").addEventListener("change", () => {
  state.code = byId("code").value;
  sessionStorage.setItem(LAST, state.code);
  history.replaceState(null, "", `?${address()}`);
  load().catch(failed);
});

async function start() {
  const [{ codes }, { counts }] = await Promise.all([api("codes"), api("now")]);
  state.codes = codes;
  const wanted = query.get("code") ?? sessionStorage.getItem(LAST) ?? "";
  /** @type {Code | undefined} */
  const most = codes.reduce((/** @type {Code | undefined} */ best, code) => (code.id !== "other" && (counts[code.id] ?? 0) > (best ? counts[best.id] ?? 0 : -1) ? code : best), undefined);
  state.code = codes.some((code) => code.id === wanted) ? wanted : (most ?? codes[0])?.id ?? "";
  sessionStorage.setItem(LAST, state.code);
  byId("only").hidden = !only();
  fill(byId("only"), say("fragments_only", { what: only() }), " ", el("a", { href: `?${new URLSearchParams({ code: state.code })}` }, say("fragments_all")));
  fill(choiceOf("code"), codes.map((code) => el("option", { value: code.id, selected: code.id === state.code }, `${code.number}. ${code.label} (${counts[code.id] ?? 0})`)));
  await load();
  const at = query.get("at");
  while (at && state.rows.length < state.total && !state.rows.some((one) => one.id === at)) await load(true);
  if (at) document.querySelector(`[data-id="${CSS.escape(at)}"]`)?.scrollIntoView({ block: "center" });
  document.body.dataset.ready = "yes";
}
start().catch(failed);
