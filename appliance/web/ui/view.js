/** What screens and parts have in common: built once when shown, told of changes while shown, silent afterwards. */

/** @typedef {import("./types.js").State} State */
/**
 * @typedef {object} App
 * @property {import("./store.js").Store} store
 * @property {import("./actions.js").Actions} actions
 * @property {import("./api.js").Api} api
 * @property {import("./link.js").Link} link
 */

export class View extends HTMLElement {
  /** @param {App} app */
  constructor(app) {
    super();
    this.app = app;
    /** @type {Array<() => void>} */
    this.stops = [];
  }

  connectedCallback() {
    this.replaceChildren(...this.build());
    this.shown();
  }

  disconnectedCallback() {
    for (const stop of this.stops.splice(0)) stop();
  }

  /** @returns {Element[]} the children, made once */
  build() {
    return [];
  }

  /** Start what lasts while this is shown; `this.stops` ends it. */
  shown() {}

  /**
   * @param {Array<keyof State>} keys
   * @param {(state: State) => void} listener
   */
  watch(keys, listener) {
    this.stops.push(this.app.store.watch(keys, listener));
  }

  /**
   * @param {EventTarget} target
   * @param {string} event
   * @param {(event: any) => void} listener
   */
  listen(target, event, listener) {
    target.addEventListener(event, listener);
    this.stops.push(() => target.removeEventListener(event, listener));
  }
}
