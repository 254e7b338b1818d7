/** Pairing by code: typed on the screen, or brought by the address; and going on as the same tablet from another address. */

import { asking } from "./api.js";
import { newKey, signed } from "./tablet_key.js";

/** @typedef {import("./view.js").App} App */

/**
 * @param {App} app
 * @param {string} code
 * @param {(problem: import("./problem.js").Problem) => void} [onProblem]
 */
export async function pair(app, code, onProblem) {
  const key = await newKey();
  const screen = asking.student ? "student" : "operator";
  if (await app.actions.run((api) => api.pair({ code, screen, key }), onProblem)) app.link.hurry();
}

/**
 * The station does not know this tablet where it is now (another address, a browser update): sign what it asks.
 * @param {import("./api.js").Api} api
 * @returns {Promise<boolean>} whether the tablet is in again
 */
export async function proveItself(api) {
  try {
    const { paired, question } = await api.pairing();
    if (paired || !question) return paired;
    const signature = await signed(question);
    if (signature === null) return false;
    await api.prove({ question, signature });
    return true;
  } catch {
    return false; // no answer, or not this tablet: the pairing screen says what to do
  }
}

/**
 * Pair with the code in the address, `#pair=CODE`, and take it out of sight and history at once.
 * @param {App} app
 */
export async function pairFromAddress(app) {
  const code = new URLSearchParams(location.hash.slice(1)).get("pair");
  if (code === null) return;
  history.replaceState(null, "", location.pathname + location.search);
  if (code) await pair(app, code);
}
