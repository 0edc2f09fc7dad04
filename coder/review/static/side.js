// @ts-check
// The side of the coding page: how far it is, the pace, what the next hour brings, and what the machine learns.

import { announce, api, byId, el, failed, fill, number, percent, say, svg, toast } from "./common.js";

/** @import { Learning, Status } from "./protocol.d.ts" */

const EVERY = 2500;
/** @type {{ learned: number | null, codebook: number | null }} */
let seen = { learned: null, codebook: null };

/**
 * Look again and again, and tell the page what changed.
 * @param {{ counts: (counts: Record<string, number>) => void, sample: (note: string) => void, renewed: () => void,
 *   codebook: () => void }} told
 */
export function watch({ counts, sample, renewed, codebook }) {
  const look = async () => {
    try {
      const now = await api("status");
      progress(now);
      hour(now);
      learning(now.learning);
      counts(now.counts);
      sample(now.sample);
      if (seen.codebook !== null && seen.codebook !== now.codebook) codebook();
      if (seen.learned !== null && seen.learned !== now.learning.version) {
        renewed();
        announce(say("renewed"));
        toast(say("renewed"));
      }
      seen = { learned: now.learning.version, codebook: now.codebook };
    } catch {
      // The next look comes soon; what was coded waits in the outbox, which says so itself.
    }
    setTimeout(look, EVERY);
  };
  look();
}

byId("learn").addEventListener("click", async () => {
  try {
    learning((await api("learn", {})).learning);
  } catch (error) {
    failed(error);
  }
});

/** @param {Status} now */
function progress(now) {
  byId("done").textContent = say("done_of", { done: now.coded, count: now.answers });
  byId("done-bar").setAttribute("width", String(now.answers ? (100 * now.coded) / now.answers : 0));
  byId("mine").textContent = number(now.mine);
  byId("again-told").textContent = now.again;
  byId("again-told").hidden = !now.again;
  byId("pace").textContent = now.pace === null ? "–" : say("per_hour", { n: number(now.pace) });
}

/** @param {Status} now */
function hour(now) {
  byId("hour-part").hidden = !now.hour.codes.length;
  fill(byId("hour-note"), now.hour.note);
  const largest = Math.max(0.1, ...now.hour.codes.map((one) => one.high));
  /** @param {number} share */
  const place = (share) => (100 * share) / largest;
  fill(byId("hour"), now.hour.codes.map((one) => {
    const text = `${percent(one.share)} (${percent(one.low)}–${percent(one.high)})`;
    const next = now.pace === null ? "" : say("next_hour", { low: percent(one.next_low), high: percent(one.next_high) });
    return el("li", { title: `${one.label}: ${text}; ${next}` }, el("span", {}, one.label), el("span", { class: "number" }, percent(one.share)),
      svg("svg", { viewBox: "0 0 100 12", preserveAspectRatio: "none", role: "img", "aria-label": `${text}; ${next}` },
        svg("rect", { class: "axis", x: 0, y: 5.5, width: 100, height: 1 }),
        svg("rect", { class: "now", x: place(one.low), y: 3, width: place(one.high - one.low), height: 6 }),
        ...(now.pace === null ? [] : [svg("rect", { class: "next", x: place(one.next_low), y: 3, width: Math.max(0.6, place(one.next_high - one.next_low)), height: 6 })]),
        svg("rect", { class: "point", x: place(one.share) - 0.3, y: 0, width: 0.6, height: 12 })));
  }));
}

/** @param {Learning} now */
function learning(now) {
  byId("learn").hidden = !now.open;
  byId("learn").disabled = now.busy || !now.enough;
  byId("learning").textContent = now.said;
  byId("changes-part").hidden = !now.changes.length;
  fill(byId("changes"), now.changes.map((one) => el("li", {}, one)));
}
