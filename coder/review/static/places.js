// @ts-check
// Places in a text. The study counts code points, a browser counts UTF-16 units: they differ after an emoji. What the
// page keeps and sends is code points; here it is converted, where text is shown or selected, and nowhere else.

const BEYOND = /[\ud800-\udbff][\udc00-\udfff]/;
const signs = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** How many UTF-16 units so many code points of a text are. @param {string} text @param {number} points */
export function toUnits(text, points) {
  if (!BEYOND.test(text)) return points;
  let units = 0;
  for (let left = points; left > 0 && units < text.length; left--) units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  return units;
}

/** How many code points so many UTF-16 units of a text are; half a sign counts whole. @param {string} text @param {number} units */
export function toPoints(text, units) {
  if (!BEYOND.test(text)) return units;
  let points = 0;
  for (let place = 0; place < units; points++) place += (text.codePointAt(place) ?? 0) > 0xffff ? 2 : 1;
  return points;
}

/**
 * A selection `[start, end)` in UTF-16 units that cuts no sign: an emoji of several parts, or a letter with its accent,
 * is in it whole. White space at its ends is left out.
 * @param {string} text @param {number} start @param {number} end @returns {[number, number]}
 */
export function whole(text, start, end) {
  while (start < end && /\s/.test(text.charAt(start))) start++;
  while (end > start && /\s/.test(text.charAt(end - 1))) end--;
  if (start >= end) return [start, start];
  const first = signs.segment(text).containing(start);
  const last = signs.segment(text).containing(end - 1);
  return [first ? first.index : start, last ? last.index + last.segment.length : end];
}

/** Where the words of a text stand, in UTF-16 units. @param {string} text @returns {[number, number][]} */
export const wordsOf = (text) =>
  [...segmenter.segment(text)].filter((one) => one.isWordLike).map((one) => [one.index, one.index + one.segment.length]);
