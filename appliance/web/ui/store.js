/** What the page knows: the station's snapshot and a few facts of the page, in one object that is replaced, never edited. */

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Snapshot} Snapshot */

/** The snapshot's keys that an event of the same name replaces. */
const PUSHED = new Set([
  "visit",
  "guidance",
  "queue",
  "devices",
  "plan",
  "notice",
  "session",
  "driving",
  "counters",
  "health",
]);

export class Store {
  constructor() {
    /** @type {State} */
    this.state = { connection: "connecting", busy: false, page: "today", problem: null, notice: null, wheel: null };
    /** @type {Set<{keys: Array<keyof State>, listener: (state: State) => void}>} */
    this.watchers = new Set();
  }

  /**
   * Hear of changes to some keys, and once at the start. Values are replaced whole, so identity tells a change.
   * @param {Array<keyof State>} keys
   * @param {(state: State) => void} listener
   * @returns {() => void} stop
   */
  watch(keys, listener) {
    const watcher = { keys, listener };
    this.watchers.add(watcher);
    listener(this.state);
    return () => this.watchers.delete(watcher);
  }

  /** @param {Partial<State>} changes */
  set(changes) {
    const before = this.state;
    this.state = { ...before, ...changes };
    for (const { keys, listener } of [...this.watchers]) {
      if (keys.some((key) => before[key] !== this.state[key])) listener(this.state);
    }
  }

  /**
   * Take a whole snapshot, unless a newer one is already here.
   * @param {Snapshot} snapshot
   */
  replace(snapshot) {
    const same = snapshot.station?.instance === this.state.station?.instance;
    if (same && (this.state.sequence ?? -1) > snapshot.sequence) return;
    this.set(snapshot);
  }

  /**
   * Take a numbered event.
   * @param {string} name
   * @param {number} id
   * @param {any} data
   * @returns {boolean} false when numbers are missing between, so that the whole must be fetched again
   */
  apply(name, id, data) {
    const at = this.state.sequence ?? -1;
    if (id <= at) return true;
    if (id !== at + 1) return false;
    /** @type {Partial<State>} */
    const changes = PUSHED.has(name) ? { sequence: id, [name]: data } : { sequence: id };
    // The shutter button was pressed long: whoever did so wants the technician's pages. A student who is there goes first.
    if (name === "technician" && this.state.visit?.state === "idle") changes.page = "technician";
    this.set(changes);
    return true;
  }
}
