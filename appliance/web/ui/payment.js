/** How money and payment states are said; used by the tablet's screens and the student's. */

/** @typedef {import("./types.js").Payment} Payment */

/** @param {number} fen hundredths of a yuan */
export function yuan(fen) {
  return `¥${(fen / 100).toFixed(2)}`;
}

/** @type {Record<Payment["state"], string>} */
const SENTENCES = {
  free: "pay.free",
  prepaid: "pay.prepaid",
  unpaid: "pay.asking",
  pending: "pay.pending",
  paid: "pay.paid",
  deferred: "pay.deferred",
  voucher: "pay.voucher_taken",
  expired: "pay.expired",
  cancelled: "pay.cancelled",
};

/** @param {Payment["state"]} state @returns {string} key of the sentence */
export function payingSentence(state) {
  return SENTENCES[state] ?? "pay.asking";
}

/** Seconds until the order ends, by its own clock's span; a tablet's clock may be wrong. @param {Payment} payment */
export function secondsLeft(payment) {
  if (!payment.expires_at) return null;
  const left = Math.round((Date.parse(payment.expires_at) - Date.now()) / 1_000);
  return Number.isFinite(left) && left > 0 && left < 86_400 ? left : null;
}
