// @ts-check
// What every page shares: words, making elements (text is always text), asking the server, and saving in order.

/** @import { Act, Answers, Done, Form, Piece } from "./protocol.d.ts" */
/** @typedef {Node | string | null | undefined | false} Child what is put in an element; what is false is left out */
/** @typedef {Record<string, unknown>} Values */

const page = document.body.dataset;
/** @type {Record<string, [string, string?]>} a sentence, and its plural where it has one */
const words = JSON.parse(page.words ?? "{}");
export const question = page.question;
export const language = document.documentElement.lang;
const plurals = new Intl.PluralRules(language);

/**
 * A sentence of the page in the language of its reader. One with a plural is chosen by the value `count`; a number in
 * `{n:,}` has its thousands apart.
 * @param {string} key @param {Values} [values]
 */
export function say(key, values = {}) {
  const [one, several] = words[key] ?? [key];
  const sentence = several && plurals.select(Number(values.count)) !== "one" ? several : one;
  return sentence.replace(/\{(\w+)(:,)?\}/g, (_all, name, apart) => (apart ? number(Number(values[name])) : String(values[name] ?? "")));
}

/** An element that some pages or people do not have. @param {string} id */
export const maybe = (id) => /** @type {HTMLInputElement | null} */ (document.getElementById(id));
/** An element that the page has, with what a field has. @param {string} id */
export const byId = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));
/** @param {string} id */
export const choiceOf = (id) => /** @type {HTMLSelectElement} */ (document.querySelector(`select#${id}`));

/**
 * An element; of its properties `on…` listen, true is an attribute without a value, and false or null is none.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name @param {Record<string, any>} [properties] @param {(Child | Child[])[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function el(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...present(children.flat()));
  return made;
}

/** @param {Child[]} children */
const present = (children) =>
  children.filter((child) => child !== null && child !== undefined && child !== false);

/** @param {string} name @param {Record<string, string | number>} [attributes] @param {Element[]} children */
export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** @param {Element} place @param {(Child | Child[])[]} children */
export const fill = (place, ...children) => place.replaceChildren(...present(children.flat()));

/** An answer in pieces, those that something points at marked. @param {Piece[]} segments */
export const pieces = (segments) =>
  segments.map((one) => (one.kind ? el("mark", { class: one.kind, title: one.title }, one.t) : document.createTextNode(one.t)));

/** @param {number} share 0..1 */
export const percent = (share, digits = 0) =>
  new Intl.NumberFormat(language, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(share);
/** @param {number} value */
export const number = (value, digits = 0) =>
  new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
/** @param {string} iso */
export const moment = (iso) =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));

// Asking the server

export class Refused extends Error {
  /**
   * @param {string} message @param {number} status
   * @param {{ version?: number, codes?: Record<string, Form> }} [found] all that the server said
   */
  constructor(message, status, found = {}) {
    super(message);
    this.status = status;
    this.found = found;
  }
}

/** What is told where something failed. @param {unknown} error */
export const messageOf = (error) => (error instanceof Error && error.message) || say("failed");

let leaving = false;

/**
 * What the server answers. Throws `Refused` where it refuses, and another error where it cannot be reached.
 * @template {keyof Answers} Path
 * @param {Path} path @param {object} [body] what is sent @param {URLSearchParams} [query]
 * @returns {Promise<Answers[Path]>}
 */
export async function api(path, body, query) {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const options = sent === undefined ? {} : {
    method: "POST",
    headers: { "content-type": "application/json", "x-coder-token": page.token ?? "" },
    body: sent,
    keepalive: sent.length < 50000,
  };
  const address = `${page.root}/api/${question}/${path}${query ? `?${query}` : ""}`;
  const answer = await fetch(address, { credentials: "same-origin", ...options });
  if (answer.status === 401) {
    leaving = true;
    location.assign(waiting.length ? `/sign-in?waiting=${waiting.length}` : "/sign-in");
    throw new Refused(say("signed_out"), 401);
  }
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(found.error ?? say("failed"), answer.status, found);
  return found;
}

/** Send the bytes of a file to an address of this question; "" takes away what is there. @param {string} path @param {string} name @param {File | string} content @returns {Promise<any>} */
export async function sendFile(path, name, content) {
  const address = `${page.root}/api/${question}/${path}?${new URLSearchParams({ name })}`;
  const answer = await fetch(address, { method: "POST", body: content, headers: { "content-type": "application/octet-stream", "x-coder-token": page.token ?? "" } });
  const found = await answer.json();
  if (!answer.ok) throw new Refused(found.error ?? say("failed"), answer.status, found);
  return found;
}

// Saving: what was done goes out in order, one parcel at a time, and stays here until the server has it. What another
// tab left is sent too, once: the server knows an act that it had.

const KEPT = `coder-unsent-${page.key}-${page.who}-`;
const MINE = KEPT + (sessionStorage.getItem("coder-tab") ?? Math.random().toString(36).slice(2));
sessionStorage.setItem("coder-tab", MINE.slice(KEPT.length));
let waiting = left();
let busy = false;
const saved = maybe("saved");
if (waiting.length) remember();

/** @returns {Act[]} */
function left() {
  const found = new Map();
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(KEPT))) {
    for (const act of JSON.parse(localStorage.getItem(name) ?? "[]")) found.set(act.id, act);
    localStorage.removeItem(name);
  }
  return [...found.values()];
}

function remember() {
  if (waiting.length) localStorage.setItem(MINE, JSON.stringify(waiting));
  else localStorage.removeItem(MINE);
}

// What a page keeps between reloads, of this question of this study alone.
/** @param {string} name @returns {any} null where nothing is kept */
export const kept = (name) => JSON.parse(sessionStorage.getItem(`coder-${name}-${page.key}`) ?? "null");
/** @param {string} name @param {unknown} value */
export const keep = (name, value) => sessionStorage.setItem(`coder-${name}-${page.key}`, JSON.stringify(value));

/** @param {"" | "busy" | "failed"} state */
function tell(state) {
  if (!saved) return;
  saved.className = state ? `saved ${state}` : "saved";
  const text = say({ busy: "saving", failed: "not_saved", "": "all_saved" }[state], { n: waiting.length });
  if (saved.textContent !== text) saved.textContent = text;
}

/** An id that nothing else has. */
export const newId = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(12))].join("-");

/** Whether something that was done is not with the server yet. */
export const pending = () => waiting.length > 0;

/** Save what was done; `done` is called when the server has it. @param {Act} act @param {(done: Done) => void} [done] */
export function save(act, done = () => {}) {
  const id = newId();
  act.id = id;
  callbacks.set(id, done);
  waiting.push(act);
  remember();
  pump();
}

/** @type {Map<string, (done: Done) => void>} */
const callbacks = new Map();
let warned = false;

async function pump() {
  if (busy || !waiting.length) return;
  busy = true;
  tell("busy");
  const parcel = waiting.slice(0, alone ? 1 : 50);
  try {
    const answer = await api("acts", { acts: parcel });
    waiting = waiting.slice(parcel.length);
    remember();
    tell(waiting.length ? "busy" : "");
    for (const one of answer.done) {
      if (one.error) toast(one.error, true);
      callbacks.get(one.id)?.(one);
      callbacks.delete(one.id);
    }
    busy = false;
    alone = warned = false;
    pump();
  } catch (error) {
    const status = error instanceof Refused ? error.status : 0;
    if (status === 400) {
      refused(parcel, error);
      return;
    }
    tell("failed");
    busy = false;
    if (status === 503 && !warned) failed(error); // why, once
    warned = status === 503;
    if (status === 403) renew();
    if (status !== 401) setTimeout(pump, 1500);
  }
}

// What cannot be read is sent alone, and then left out and said, so that it does not hold up the rest.
let alone = false;
/** @param {Act[]} parcel @param {unknown} error */
function refused(parcel, error) {
  if (parcel.length === 1) {
    waiting = waiting.slice(1);
    remember();
    callbacks.delete(parcel[0]?.id ?? "");
    failed(error);
  }
  alone = parcel.length > 1;
  busy = false;
  tell(waiting.length ? "busy" : "");
  pump();
}

// Somebody signed in again in another tab: the token of this page is of before. Loaded again it has the new one.
function renew() {
  if (Date.now() - (kept("renewed") ?? 0) < 20000) return;
  keep("renewed", Date.now());
  leaving = true;
  location.reload();
}

addEventListener("beforeunload", (event) => {
  if (!leaving && waiting.length && saved?.classList.contains("failed")) event.preventDefault();
});

// Telling people

/** @param {string} text */
export function announce(text) {
  const place = byId("announced");
  place.textContent = "";
  place.textContent = text;
}

/** @param {string} text @param {boolean} [wrong] */
export function toast(text, wrong = false) {
  const made = el("p", { class: wrong ? "toast failed" : "toast", role: wrong ? "alert" : "status" }, text);
  byId("toasts").append(made);
  setTimeout(() => made.remove(), wrong ? 9000 : 3500);
}

/** @param {unknown} error */
export const failed = (error) => toast(messageOf(error), true);

// Dialogs: the native element keeps the focus inside and gives it back.

/** @param {string} title @param {(close: () => void) => Child[]} build */
export function dialog(title, build) {
  const box = el("dialog", { "aria-labelledby": "dialog-title" });
  const close = () => box.close();
  box.append(el("div", { class: "stack" }, el("h2", { id: "dialog-title" }, title), ...build(close)));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

export const dialogOpen = () => document.querySelector("dialog[open]") !== null;

// Light and dark, and leaving

const THEME = "coder-theme";

maybe("theme")?.addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  localStorage.setItem(THEME, dark ? "light" : "dark");
  document.documentElement.dataset.theme = dark ? "light" : "dark";
});
maybe("question")?.addEventListener("change", () => location.assign(byId("question").value));
maybe("language")?.addEventListener("click", async (event) => {
  const wanted = event.target instanceof HTMLButtonElement ? event.target.lang : language;
  if (wanted === language) return;
  try {
    await api("language", { language: wanted });
    location.reload();
  } catch (error) {
    failed(error);
  }
});
maybe("sign-out")?.addEventListener("click", async () => location.assign((await api("sign-out", {})).to));
document.querySelector(".top nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
// The program of the home page ends by itself when no page says that it is there.
if (page.home) setInterval(() => fetch("/api/home/here", { method: "POST", body: "{}", headers: { "content-type": "application/json", "x-coder-token": page.token ?? "" } }).catch(() => {}), 60000);
tell("");
pump();
