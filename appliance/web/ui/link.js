/** Keeps the page in step with the station: snapshot, numbered events, a fresh snapshot on a gap, and back by itself. */

import { readEvents } from "./event_stream.js";
import { proveItself } from "./pairing.js";

// The station sends a comment every 5 s; two missed and a little is a dead line.
const SILENCE_MS = 12_000;
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 5_000;

export class Link {
  /** @param {import("./store.js").Store} store @param {import("./api.js").Api} api */
  constructor(store, api) {
    this.store = store;
    this.api = api;
    this.pauseMs = FIRST_PAUSE_MS;
    this.heardAt = 0;
    /** @type {AbortController|null} */
    this.connection = null;
    this.wake = () => {};
    /** @type {Promise<void>|null} */
    this.refreshing = null;
  }

  /** Run for as long as the page lives. */
  async run() {
    setInterval(() => this.listenForSilence(), 1_000);
    addEventListener("online", () => this.hurry());
    addEventListener("pageshow", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
    for (;;) {
      const outcome = await this.connectOnce();
      this.store.set({ connection: outcome });
      // Jitter, so that several tablets do not knock in step when the station comes back.
      await this.pause(outcome === "unpaired" ? 3_000 : this.pauseMs * (0.75 + Math.random() / 2));
      this.pauseMs = Math.min(this.pauseMs * 1.6, LONGEST_PAUSE_MS);
    }
  }

  /** Try again now: just paired, just awake, just back in the network. */
  hurry() {
    if (performance.now() - this.heardAt > SILENCE_MS / 2) this.connection?.abort();
    this.pauseMs = FIRST_PAUSE_MS;
    this.wake();
  }

  /** Fetch the whole state; calls meanwhile share the one request. */
  refresh() {
    this.refreshing ??= this.api
      .state()
      .then((snapshot) => this.store.replace(snapshot))
      .finally(() => (this.refreshing = null));
    return this.refreshing;
  }

  /** @returns {Promise<"lost"|"unpaired">} why the stream ended */
  async connectOnce() {
    this.connection = new AbortController();
    this.heardAt = performance.now();
    try {
      const response = await fetch("/api/events", {
        headers: { accept: "text/event-stream" },
        cache: "no-store",
        signal: this.connection.signal,
      });
      if (response.status === 401) return (await proveItself(this.api)) ? "lost" : "unpaired";
      if (!response.ok || !response.body) return "lost";
      await readEvents(
        response.body,
        () => (this.heardAt = performance.now()),
        (event) => this.take(event),
      );
    } catch {
      // Refused, reset or given up after silence: all the same to a person, and the loop above tries again.
    } finally {
      this.connection.abort();
    }
    return "lost";
  }

  /** @param {import("./event_stream.js").StationEvent} event */
  take(event) {
    if (event.name === "snapshot") {
      this.reloadForNewVersion(event.data);
      this.store.set({ ...event.data, connection: "live" });
      this.pauseMs = FIRST_PAUSE_MS;
      // The event is numbered later than the state in it when something changed while the two were made.
      if (event.id !== event.data.sequence) this.refresh().catch(() => this.connection?.abort());
    } else if (!this.store.apply(event.name, event.id, event.data)) {
      this.refresh().catch(() => this.connection?.abort());
    }
  }

  /**
   * A station that was updated brings a new page: the old one must not drive it.
   * @param {import("./types.js").Snapshot} snapshot
   */
  reloadForNewVersion(snapshot) {
    const known = this.store.state.station?.version;
    if (known && known !== snapshot.station.version) location.reload();
  }

  listenForSilence() {
    if (performance.now() - this.heardAt > SILENCE_MS) this.connection?.abort();
  }

  /** @param {number} ms */
  pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }
}
