/** The program of the station itself: which version runs, whether another is there, putting it in and taking it back. */

import { h, refill } from "../dom.js";
import { button } from "../elements/controls.js";
import { bindMessage, bindText } from "../i18n.js";
import { Problem } from "../problem.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";

const EVERY_MS = 1_000;
const AT_WORK = new Set(["fetching", "verifying", "waiting-for-quiet", "applying"]);

/** @typedef {import("../station.d.ts").UpdateShown} Shown */

/** @type {Record<Shown["state"], {text: string, look: "calm"|"good"|"bad"|"warn"}>} */
const STATES = {
  idle: { text: "update.idle", look: "calm" },
  fetching: { text: "update.fetching", look: "calm" },
  verifying: { text: "update.verifying", look: "calm" },
  ready: { text: "update.ready", look: "good" },
  "waiting-for-quiet": { text: "update.waiting", look: "calm" },
  applying: { text: "update.applying", look: "calm" },
  failed: { text: "update.failed", look: "bad" },
  "rolled-back": { text: "update.rolled_back", look: "warn" },
};

export class UpdatePart extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "part part--update";
    this.looking = true;
    this.facts = h("dl", { class: "facts" });
    this.state = h("p", { class: "lead update__state", role: "status" });
    this.message = h("p", { class: "quiet", dir: "auto", hidden: true });
    this.bar = h("div", { class: "meter__bar" });
    const range = { "aria-valuemin": 0, "aria-valuemax": 100 };
    const named = { class: "meter", role: "progressbar", label: "update.progress", hidden: true };
    this.meter = h("div", { ...named, ...range }, this.bar);
    this.found = h("section", { class: "panel update__found", hidden: true });
    const ask = (/** @type {"look"|"apply"|"rollback"} */ what) => () => this.ask((api) => api[what]());
    this.look = button({ text: "update.look", icon: "search", press: ask("look") });
    this.apply = button({ text: "update.apply", icon: "down", rank: "primary", press: ask("apply") });
    this.back = button({ text: "update.rollback", icon: "retake", press: ask("rollback") });
    this.sure = h("p", { class: "quiet", text: "update.sure" });
  }

  build() {
    return [
      this.facts,
      this.state,
      this.meter,
      this.message,
      this.found,
      h("div", { class: "part__tools" }, this.apply, this.look, this.back),
      this.sure,
    ];
  }

  shown() {
    this.looking = true;
    this.stops.push(() => (this.looking = false));
    this.follow();
  }

  async follow() {
    while (this.looking) {
      if (!document.hidden) {
        // The station restarts while it is updated: a question without an answer is asked again.
        const found = await this.app.api.update.read().catch((error) => this.told(error));
        if (found && this.looking) this.draw(found);
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  /** @param {(update: import("../api.js").Api["update"]) => Promise<Shown>} work */
  async ask(work) {
    await this.app.actions.run(async (api) => this.draw(await work(api.update)));
  }

  /** @param {Shown} found */
  draw(found) {
    const { version, available, state, progress, message, previous } = found;
    const busy = AT_WORK.has(state);
    this.dataset.state = state;
    this.state.dataset.look = STATES[state].look;
    bindText(this.state, available || state !== "idle" ? STATES[state].text : "update.none");
    this.message.hidden = !message;
    bindMessage(this.message, message);
    this.meter.hidden = !busy;
    this.meter.toggleAttribute("data-unknown", progress === null);
    this.bar.style.setProperty("--share", String(progress ?? 1));
    if (progress === null) this.meter.removeAttribute("aria-valuenow");
    else this.meter.setAttribute("aria-valuenow", String(Math.round(100 * progress)));
    refill(
      this.facts,
      h("dt", { text: "update.version" }),
      h("dd", {}, shown(version)),
      previous !== null && [h("dt", { text: "update.previous" }), h("dd", {}, shown(previous))],
    );
    this.drawFound(available);
    this.apply.hidden = !available;
    this.back.hidden = previous === null;
    for (const one of [this.apply, this.look, this.back]) one.disabled = busy;
  }

  /** @param {Shown["available"]} available */
  drawFound(available) {
    this.found.hidden = !available;
    if (!available) return;
    const notes = h("p", { dir: "auto", class: "update__notes" });
    bindMessage(notes, available.notes);
    refill(
      this.found,
      h("h2", { text: "update.found", values: { version: shown(available.version) } }),
      notes,
      h("p", {
        class: "quiet",
        text: available.source === "stick" ? "update.from_stick" : "update.from_network",
        values: { mb: (available.size_bytes / 1e6).toFixed(1) },
      }),
    );
  }

  /** @param {unknown} error */
  told(error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code !== "unreachable") this.app.store.set({ problem: error });
    return null;
  }
}

customElements.define("update-part", UpdatePart);
