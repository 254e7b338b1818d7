/** One whole visit as a dry run, on a station of its own beside this one, with each step as it is done. */

import { h, refill } from "../dom.js";
import { button } from "../elements/controls.js";
import { bindText } from "../i18n.js";
import { icon } from "../icons.js";
import { Problem } from "../problem.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";

const EVERY_MS = 700;

/** @typedef {import("../types.js").Rehearsal} Rehearsal */

/** The steps by the names that `station rehearse` gives them. @type {Record<string, string>} */
const STEPS = {
  "code read by the scanner": "rehearse.code",
  verify: "rehearse.verify",
  confirm: "rehearse.confirm",
  pay: "rehearse.pay",
  "sit down": "rehearse.sit_down",
  "guidance green, automatic shutter": "rehearse.automatic",
  "no green in time, shutter by hand": "rehearse.by_hand",
  "judged: pass": "rehearse.passed",
  "judged: refuse": "rehearse.judged_refused",
  "judged: unmeasurable": "rehearse.unmeasurable",
  accept: "rehearse.accept",
  receipt: "rehearse.receipt",
};

export class RehearsePart extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "part";
    this.state = h("p", { class: "lead", role: "status" });
    this.steps = h("ol", { class: "rehearsal" });
    this.start = button({ text: "rehearse.start", icon: "arrow", rank: "primary", press: () => this.begin() });
    this.looking = true;
  }

  build() {
    return [h("p", { class: "quiet", text: "rehearse.lead" }), this.start, this.state, this.steps];
  }

  shown() {
    this.looking = true;
    this.stops.push(() => (this.looking = false));
    this.look();
  }

  async begin() {
    await this.app.actions.run((api) => api.technician.rehearse());
    await this.look();
  }

  async look() {
    while (this.looking) {
      const found = await this.app.api.technician.rehearsal().catch((error) => this.told(error));
      if (found) this.draw(found);
      if (found?.state !== "running") return;
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  /** @param {Rehearsal} found */
  draw(found) {
    const { state, steps, outcome, error } = found;
    this.start.disabled = state === "running";
    this.dataset.state = state;
    const texts = {
      none: "rehearse.none",
      running: "rehearse.running",
      done: "rehearse.done",
      failed: "rehearse.failed",
    };
    bindText(this.state, outcome === "refused" ? "rehearse.refused" : texts[state], { error: shown(error) });
    refill(
      this.steps,
      steps.map(({ name, ms, detail }) =>
        h(
          "li",
          {},
          icon("check"),
          h("span", {}, nameOf(name), detail && h("span", { class: "quiet", dir: "auto" }, ` ${shown(detail)}`)),
          h("span", { class: "rehearsal__ms" }, `${Math.round(ms)} ms`),
        ),
      ),
      state === "running" &&
        h("li", { class: "rehearsal__now" }, icon("waiting"), h("span", { text: "rehearse.next" })),
    );
  }

  /** @param {unknown} error */
  told(error) {
    if (!(error instanceof Problem)) throw error;
    this.app.store.set({ problem: error });
    return null;
  }
}

/** @param {string} name */
function nameOf(name) {
  return name in STEPS ? h("span", { text: STEPS[name] }) : shown(name);
}

customElements.define("rehearse-part", RehearsePart);
