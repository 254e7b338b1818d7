/** Focus, white balance, backdrop and lens of this station: each measured on its own, every version kept and used again. */

import { h, refill } from "../dom.js";
import { button } from "../elements/controls.js";
import { LivePicture } from "../elements/live_picture.js";
import { bindText, language } from "../i18n.js";
import { icon } from "../icons.js";
import { Problem } from "../problem.js";
import { when } from "../record_state.js";
import { View } from "../view.js";
import { CalibrationStep, WORDS } from "./calibration_step.js";

/** @typedef {import("../station.d.ts").CalibrationShown} Shown */
/** @typedef {import("../station.d.ts").CalibrationVersion} Version */

const EVERY_MS = 400;
/** @type {Array<"focus"|"grey"|"backdrop"|"lens">} in the order in which they are done */
export const STEPS = ["focus", "grey", "backdrop", "lens"];

export class CalibrationPart extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "part part--camera part--calibration";
    this.looking = true;
    this.age = h("p", { class: "age", role: "status" });
    const finish = () => this.ask((api) => api.finish());
    this.steps = STEPS.map((step) => new CalibrationStep(step, () => this.ask((api) => api.begin(step)), finish));
    /** What is taken for the empty backdrop: a thing that stands there is seen at a glance. */
    this.plate = h("img", { class: "plate", hidden: true, alt: "" });
    this.versions = h("ul", { class: "versions" });
    this.undo = button({ text: "calibration.undo", icon: "retake", press: () => this.ask((api) => api.undo()) });
  }

  build() {
    this.steps.find(({ step }) => step === "backdrop")?.show(this.plate);
    const chart = h(
      "a",
      { class: "button button--secondary", href: "/api/calibration/chart.pdf", download: "calibration-chart.pdf" },
      icon("down"),
      h("span", { text: "calibration.chart" }),
    );
    return [
      h("div", { class: "stage stage--small" }, new LivePicture(this.app, { overlay: false })),
      h(
        "section",
        { class: "part" },
        this.age,
        h("ol", { class: "calibration" }, this.steps.map((step) => step.element)),
        h("div", { class: "part__tools" }, chart, this.undo),
        h("h2", { text: "calibration.versions" }),
        this.versions,
      ),
    ];
  }

  shown() {
    this.looking = true;
    this.stops.push(() => (this.looking = false));
    this.listen(document, "languagechange", () => this.last && this.draw(this.last));
    this.look();
  }

  async look() {
    while (this.looking) {
      const running = this.last?.work.state === "running";
      if (!document.hidden && (running || !this.last)) {
        const found = await this.app.api.calibration.read().catch((error) => this.told(error));
        if (found && this.looking) this.draw(found);
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  /** @param {(calibration: import("../api.js").Api["calibration"]) => Promise<Shown>} work */
  async ask(work) {
    await this.app.actions.run(async (api) => this.draw(await work(api.calibration)));
  }

  /** @param {Shown} found */
  draw(found) {
    this.last = found;
    const { current, work, versions } = found;
    for (const step of this.steps) step.draw(current, work);
    this.drawAge(found);
    this.plate.hidden = !current?.backdrop;
    if (current?.backdrop) this.plate.setAttribute("src", `/api/calibration/plate.jpg?of=${current.backdrop.sha256}`);
    this.undo.disabled = current === null || work.state === "running";
    refill(this.versions, versions.map((version) => this.row(version)));
  }

  /** How old it is, and whether that is too old. @param {Shown} found */
  drawAge({ current, age_days: age, remind_days: remind, expired_days: expired }) {
    const days = age === null ? null : Math.floor(age);
    this.age.dataset.look = !current || (age ?? 0) >= expired ? "bad" : (age ?? 0) >= remind ? "warn" : "good";
    const values = { days: days ?? 0, left: Math.max(0, Math.ceil(remind - (age ?? 0))) };
    const text = !current
      ? "calibration.never"
      : days === null
        ? "calibration.no_date"
        : (age ?? 0) >= remind
          ? "calibration.old"
          : "calibration.fresh";
    bindText(this.age, text, values);
  }

  /** @param {Version} version */
  row(version) {
    const what = version.measured.map((step) => h("span", { class: "tag", text: WORDS[step].title }));
    if (!version.usable) what.push(h("span", { class: "tag", text: "calibration.damaged" }));
    return h(
      "li",
      { class: "version", "data-in-use": String(version.in_use) },
      h("strong", {}, `${version.number}`),
      h("span", {}, version.at ? when(version.at, language()) : "—"),
      h("span", { class: "version__what" }, what),
      version.in_use
        ? h("span", { class: "version__now", text: "calibration.in_use" })
        : button({
            text: "calibration.use",
            rank: "quiet",
            press: () => this.ask((api) => api.use(version.number)),
          }),
    );
  }

  /** @param {unknown} error */
  told(error) {
    if (!(error instanceof Problem)) throw error;
    this.app.store.set({ problem: error });
    return null;
  }
}

customElements.define("calibration-part", CalibrationPart);
