// What every page shares: words, making elements (text is always text), asking the server, and saving in order.

const page = document.body.dataset;
export const words = JSON.parse(page.words);
export const question = page.question;
export const language = document.documentElement.lang;

export const say = (key, values = {}) =>
  (words[key] ?? key).replace(/\{(\w+)\}/g, (_all, name) => String(values[name] ?? ""));

export const byId = (id) => document.getElementById(id);

export function el(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export const fill = (place, ...children) => place.replaceChildren(...children.flat().filter(Boolean));

// An answer in pieces: each has its text `t` and, where something points at it, `kind` and `title`.
export const pieces = (segments) =>
  segments.map((one) => (one.kind ? el("mark", { class: one.kind, title: one.title }, one.t) : document.createTextNode(one.t)));

export const percent = (share, digits = 0) =>
  new Intl.NumberFormat(language, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(share);
export const number = (value, digits = 0) =>
  new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
export const moment = (iso) =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));

// Asking the server

export class Refused extends Error {
  constructor(message, status, found = {}) {
    super(message);
    this.status = status;
    this.found = found; // all that the server said
  }
}

let leaving = false;

export async function api(path, body) {
  const options = body === undefined ? {} : {
    method: "POST",
    headers: { "content-type": "application/json", "x-coder-token": page.token },
    body: JSON.stringify(body),
    keepalive: JSON.stringify(body).length < 50000,
  };
  const answer = await fetch(`/api/${question}/${path}`, { credentials: "same-origin", ...options });
  if (answer.status === 401) {
    leaving = true;
    location.assign(waiting.length ? `/sign-in?waiting=${waiting.length}` : "/sign-in");
    throw new Refused(say("signed_out"), 401);
  }
  const found = await answer.json().catch(() => ({}));
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
const saved = byId("saved");
if (waiting.length) remember();

function left() {
  const found = new Map();
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(KEPT))) {
    for (const act of JSON.parse(localStorage.getItem(name))) found.set(act.id, act);
    localStorage.removeItem(name);
  }
  return [...found.values()];
}

function remember() {
  if (waiting.length) localStorage.setItem(MINE, JSON.stringify(waiting));
  else localStorage.removeItem(MINE);
}

// What a page keeps between reloads, of this question of this study alone.
export const kept = (name) => JSON.parse(sessionStorage.getItem(`coder-${name}-${page.key}`) ?? "null");
export const keep = (name, value) => sessionStorage.setItem(`coder-${name}-${page.key}`, JSON.stringify(value));

function tell(state) {
  if (!saved) return;
  saved.className = state ? `saved ${state}` : "saved";
  const text = say({ busy: "saving", failed: "not_saved" }[state] ?? "all_saved", { n: waiting.length });
  if (saved.textContent !== text) saved.textContent = text;
}

export function save(act, done = () => {}) {
  act.id = crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(12))].join("-");
  callbacks.set(act.id, done);
  waiting.push(act);
  remember();
  pump();
}

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
    if (error.status === 400) return refused(parcel, error);
    tell("failed");
    busy = false;
    if (error.status === 503 && !warned) failed(error); // why, once
    warned = error.status === 503;
    if (error.status === 403) renew();
    if (error.status !== 401) setTimeout(pump, 1500);
  }
}

// What cannot be read is sent alone, and then left out and said, so that it does not hold up the rest.
let alone = false;
function refused(parcel, error) {
  if (parcel.length === 1) {
    waiting = waiting.slice(1);
    remember();
    callbacks.delete(parcel[0].id);
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

export function announce(text) {
  const place = byId("announced");
  place.textContent = "";
  place.textContent = text;
}

export function toast(text, failed = false) {
  const made = el("p", { class: failed ? "toast failed" : "toast", role: failed ? "alert" : "status" }, text);
  byId("toasts").append(made);
  setTimeout(() => made.remove(), failed ? 9000 : 3500);
}

export const failed = (error) => toast(error.message || say("failed"), true);

// Dialogs: the native element keeps the focus inside and gives it back.

export function dialog(title, build, { wide = false } = {}) {
  const box = el("dialog", { "aria-labelledby": "dialog-title", class: wide ? "wide" : "" });
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

byId("theme")?.addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  localStorage.setItem(THEME, dark ? "light" : "dark");
  document.documentElement.dataset.theme = dark ? "light" : "dark";
});
byId("question")?.addEventListener("change", (event) => location.assign(event.target.value));
byId("language")?.addEventListener("change", async (event) => {
  await api("language", { language: event.target.value });
  location.reload();
});
byId("sign-out")?.addEventListener("click", async () => location.assign((await api("sign-out", {})).to));
tell("");
pump();
