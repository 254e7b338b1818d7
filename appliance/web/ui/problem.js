/** An answer that says no, in words for people: RFC 9457 with the station's `message` in both languages. */

/** @typedef {import("./i18n.js").Said} Said */

export class Problem extends Error {
  /**
   * @param {string} code
   * @param {Said} words
   * @param {Object<string, any>} [extra] members of the problem document, and `retry_after` in seconds
   */
  constructor(code, words, extra = {}) {
    super(code);
    this.code = code;
    this.words = words;
    this.extra = extra;
  }
}

/** @returns {Problem} the station did not answer at all */
export function unreachable() {
  return new Problem("unreachable", { key: "error.unreachable" });
}

/**
 * Read a refusal. A proxy's page or an empty body still becomes a sentence.
 * @param {Response} response
 * @returns {Promise<Problem>}
 */
export async function problemOf(response) {
  /** @type {Object<string, any>} */
  let document = {};
  if ((response.headers.get("content-type") ?? "").includes("json")) {
    document = (await response.json().catch(() => null)) ?? {};
  }
  const { code = `http-${response.status}`, message, ...rest } = document;
  const unexpected = { key: "error.unexpected", values: { status: response.status } };
  const words = message?.zh || message?.en ? message : unexpected;
  const wait = Number(response.headers.get("retry-after"));
  return new Problem(code, words, { ...rest, status: response.status, ...(wait > 0 ? { retry_after: wait } : {}) });
}
