// @ts-check
// Which key means which code, on any keyboard: digits by their place (on AZERTY they need no shift), letters by name.

export const COMMANDS = ["Enter", "j", "k", "u", "n", "x", "f", "m", "s", "c", "v", "/", "z", "q", "?", "Backspace"];
const OF_CODES = [..."1234567890", ..."abdehilprty"];
/** @type {Record<string, string>} */
const OF_SPECIAL = { other: "o", none: "g", dont_know: "w" }; // overige, geen, weet niet
const OFF = "coder-keys-off";

export const keysOff = () => localStorage.getItem(OFF) === "1";
/** @param {boolean} off */
export const setKeysOff = (off) => localStorage.setItem(OFF, off ? "1" : "0");

// The first codes have a key of their own, by their number, so that a key stays the same when codes are added. The
// codes that stand last have theirs apart, for their number says nothing of their place.
/**
 * @param {{ id: string, number: number }[]} codes @param {Record<string, string>} [apart] keys of those that stand last
 * @returns {Map<string, string>} the key by the id of the code
 */
export function keysOfCodes(codes, apart = OF_SPECIAL) {
  const special = codes.filter((code) => apart[code.id]);
  const ordered = codes.filter((code) => !OF_SPECIAL[code.id]).sort((one, other) => one.number - other.number);
  const keys = new Map(special.map((code) => [code.id, apart[code.id] ?? ""]));
  OF_CODES.slice(0, ordered.length).forEach((key, place) => keys.set(ordered[place]?.id ?? "", key));
  return keys;
}

/** @param {KeyboardEvent} event @returns {string} "" for a key that is the browser's */
export function keyOf(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return "";
  if (COMMANDS.includes(event.key)) return event.key;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit?.[1]) return digit[1];
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

/** @param {EventTarget | null} target */
export const typing = (target) =>
  target instanceof Element && target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
