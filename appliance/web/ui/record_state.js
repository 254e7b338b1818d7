/** The states of a kept capture, in words and colours. */

/** @typedef {import("./types.js").Kept["state"]} KeptState */

/** @type {Record<KeptState, {text: string, look: "good"|"bad"|"warn"|"calm"}>} */
export const KEPT_STATES = {
  waiting: { text: "kept.waiting", look: "calm" },
  parked: { text: "kept.parked", look: "warn" },
  sent: { text: "kept.sent", look: "calm" },
  reviewing: { text: "kept.reviewing", look: "calm" },
  accepted: { text: "kept.accepted", look: "good" },
  refused: { text: "kept.refused", look: "bad" },
  withdrawn: { text: "kept.withdrawn", look: "warn" },
};

/** In the order of the filter's buttons. @type {KeptState[]} */
export const FILTERS = ["refused", "waiting", "reviewing", "accepted", "withdrawn"];

/** A date and a time of day as people write them here. @param {string|null|undefined} at ISO 8601 @param {string} language */
export function when(at, language) {
  const time = new Date(at ?? "");
  if (Number.isNaN(time.getTime())) return "—";
  return time.toLocaleString(language === "zh" ? "zh-CN" : "en-GB", {
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
}
