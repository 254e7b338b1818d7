/** The page's frame: what is always there, and the one screen that belongs to the state. */

import { h } from "./dom.js";
import { DriveBanner } from "./elements/drive_banner.js";
import { NoticeLine } from "./elements/notice_line.js";
import { ConnectionBanner, StatusBar } from "./elements/status_bar.js";
import { VisitBar } from "./elements/visit_bar.js";
import { listenForScanner } from "./keyboard_scanner.js";
import { screenFor } from "./router.js";
import { loadScreen, loadTheRest } from "./screens.js";
import { View } from "./view.js";

// The second tap of a double tap must not land on what has just appeared under the finger.
const SETTLE_MS = 350;

export class StationApp extends View {
  /** @param {import("./view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "app";
    this.main = h("main", { class: "app__main", id: "main" });
    /** Which screen, of which visit and shot, is there now. */
    this.current = "";
    this.settling = 0;
  }

  build() {
    return [
      new StatusBar(this.app),
      h("div", { class: "banners" }, new ConnectionBanner(this.app), new DriveBanner(this.app)),
      new VisitBar(this.app),
      new NoticeLine(this.app),
      this.main,
    ];
  }

  shown() {
    this.watch(["visit", "connection", "page", "session"], (state) => this.route(state));
    // A student who comes goes before records and the technician's pages.
    let visit = this.app.store.state.visit?.id;
    this.watch(["visit"], (state) => {
      const { page } = this.app.store.state;
      const elsewhere = page === "records" || page === "technician";
      if (elsewhere && state.visit?.id && state.visit.id !== visit) this.app.store.set({ page: "today" });
      visit = state.visit?.id;
    });
    this.watch(["station"], ({ station }) => station?.stand_in && this.addStandIn());
    this.watch(["busy"], ({ busy }) => this.rest(busy));
    this.listen(document, "keydown", (/** @type {KeyboardEvent} */ event) => this.onKey(event));
    // Not before the first screen has what it shows: on a slow line everything else would be in its way.
    let others = false;
    this.watch(["connection"], ({ connection }) => {
      if (others || connection !== "live") return;
      others = true;
      loadTheRest();
    });
    this.stops.push(listenForScanner(document, (payload) => this.scanned(payload)));
  }

  /** @param {import("./types.js").State} state */
  route(state) {
    const name = screenFor(state);
    // A screen shows one shot, or one student: another one is another screen.
    const key = `${name} ${state.visit?.id ?? ""} ${name === "verdict" ? state.visit?.shot?.id : ""}`;
    if (key !== this.current) this.change(name, key);
  }

  /** @param {import("./router.js").ScreenName} name @param {string} key */
  async change(name, key) {
    const first = this.current === "";
    this.current = key;
    try {
      const Screen = await loadScreen(name);
      // Meanwhile the visit may have gone on.
      if (this.current !== key) return;
      this.settle();
      this.dataset.screen = name;
      this.main.replaceChildren(new Screen(this.app));
      this.main.dataset.of = key;
      if (!first) this.takeFocus();
    } catch (error) {
      // The station went away in between; the next change of state or connection tries again.
      console.warn(error);
      if (this.current === key) this.current = "";
    }
  }

  /** Only a station without devices has this, so only there is it loaded. */
  async addStandIn() {
    const { StandInDrawer } = await import("./elements/stand_in_drawer.js");
    if (!this.querySelector("stand-in-drawer")) this.append(new StandInDrawer(this.app));
  }

  takeFocus() {
    if (this.main.contains(document.activeElement) || document.querySelector("dialog[open]")) return;
    /** @type {HTMLElement|null|undefined} */ (this.main.querySelector("h1"))?.focus({ preventScroll: true });
  }

  /** @param {boolean} busy */
  rest(busy) {
    document.documentElement.toggleAttribute("data-busy", busy);
    for (const element of document.querySelectorAll("[data-act]")) element.setAttribute("aria-disabled", String(busy));
  }

  /** No finger reaches a new screen at once; keys do. */
  settle() {
    clearTimeout(this.settling);
    this.main.setAttribute("data-settling", "");
    this.settling = setTimeout(() => this.main.removeAttribute("data-settling"), SETTLE_MS);
  }

  /** Enter does what the largest button does, wherever nothing else has the focus. @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key !== "Enter" || event.repeat || event.defaultPrevented || this.main.hasAttribute("data-settling"))
      return;
    const at = event.target instanceof Element ? event.target : document.body;
    if (at.closest("button, input, textarea, summary, a, dialog") || document.querySelector("dialog[open]")) return;
    /** @type {HTMLElement|null} */ (
      this.main.querySelector(".button--primary:not(:disabled), .next-student")
    )?.click();
  }

  /** @param {string} payload */
  async scanned(payload) {
    const { connection, page, visit } = this.app.store.state;
    if (connection === "unpaired") return;
    // On the records page a code asks for its record; it begins no visit there.
    if (page === "records" && visit?.state === "idle") {
      this.main.firstElementChild?.dispatchEvent(new CustomEvent("scanned", { detail: payload }));
      return;
    }
    await this.app.actions.idle();
    await this.app.actions.run((api) => api.code(payload));
  }
}

customElements.define("station-app", StationApp);
