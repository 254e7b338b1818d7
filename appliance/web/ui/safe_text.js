/** Names and numbers come from outside: what is shown is only what a person would write. */

// Direction overrides and isolates reorder the text around them; C0/C1 controls and the object marks show nothing good.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffc]/g;

/** What stands where a value is missing. */
export const MISSING = "—";

/**
 * @param {unknown} value
 * @returns {string} the value without controls and direction marks, or a dash
 */
export function shown(value) {
  if (value === null || value === undefined) return MISSING;
  const text = String(value).replace(UNSEEN, "").replace(/\s+/g, " ").trim();
  return text === "" ? MISSING : text;
}

/**
 * A measured value as a person reads it: at most two decimals, none that say nothing.
 * @param {number|string|null|undefined} value
 */
export function figure(value) {
  if (typeof value !== "number" || !Number.isFinite(value)) return shown(value);
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

/**
 * A limit: a figure, a span, or a list.
 * @param {import("./types.js").Rule["limit"]} limit
 */
export function limitText(limit) {
  if (!Array.isArray(limit)) return figure(limit);
  const separator = limit.length === 2 && limit.every((part) => typeof part === "number") ? " – " : ", ";
  return limit.map(figure).join(separator);
}
