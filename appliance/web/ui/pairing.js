/** Pairing by code: typed on the screen, or brought by the address. */

/** @typedef {import("./view.js").App} App */

/**
 * @param {App} app
 * @param {string} code
 * @param {(problem: import("./problem.js").Problem) => void} [onProblem]
 */
export async function pair(app, code, onProblem) {
  if (await app.actions.run((api) => api.pair(code), onProblem)) app.link.hurry();
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
