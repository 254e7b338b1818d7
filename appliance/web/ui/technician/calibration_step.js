/** One step of the calibration: what to do, what was measured, and how it goes while it runs. */

import { h, refill } from "../dom.js";
import { button } from "../elements/controls.js";
import { bindMessage, bindText } from "../i18n.js";
import { icon } from "../icons.js";
import { figure } from "../safe_text.js";

/** @typedef {import("../station.d.ts").Calibration} Calibration */
/** @typedef {import("../station.d.ts").CalibrationWork} Work */

/** @typedef {"focus"|"grey"|"backdrop"|"lens"} StepName */
/**
 * @typedef {object} Words
 * @property {string} title
 * @property {string} how what to do
 * @property {string} is what was measured
 * @property {(kept: Calibration) => Record<string, string>|null|undefined} figures that fill `is`
 */

/** @type {Record<StepName, Words>} */
export const WORDS = {
  focus: {
    title: "calibration.focus",
    how: "calibration.focus_how",
    is: "calibration.focus_is",
    figures: ({ focus }) => focus && { now: figure(focus.sharpness), best: figure(focus.best) },
  },
  grey: {
    title: "calibration.grey",
    how: "calibration.grey_how",
    is: "calibration.grey_is",
    figures: ({ grey }) => grey && { before: figure(grey.cast_before), after: figure(grey.cast_after) },
  },
  backdrop: {
    title: "calibration.backdrop",
    how: "calibration.backdrop_how",
    is: "calibration.backdrop_is",
    figures: ({ backdrop }) => backdrop && { uneven: figure(backdrop.uneven) },
  },
  lens: {
    title: "calibration.lens",
    how: "calibration.lens_how",
    is: "calibration.lens_is",
    figures: ({ lens }) => lens && { distortion: figure(lens.distortion), shading: figure(lens.shading) },
  },
};

export class CalibrationStep {
  /** @param {StepName} step @param {() => void} begin @param {() => void} finish */
  constructor(step, begin, finish) {
    this.step = step;
    this.shown = h("div");
    this.words = WORDS[step];
    this.sign = h("span", { class: "calibration__sign" });
    this.result = h("p", { class: "quiet" });
    this.bar = h("div", { class: "meter__bar" });
    const range = { "aria-valuemin": 0, "aria-valuemax": 100 };
    const named = { class: "meter", role: "progressbar", label: this.words.title, hidden: true };
    this.meter = h("div", { ...named, ...range }, this.bar);
    this.sharpness = h("p", { class: "calibration__figure", role: "status", hidden: true });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.begin = button({ text: "calibration.begin", press: begin });
    this.finish = button({ text: "calibration.finish", icon: "check", rank: "primary", press: finish });
    this.element = h(
      "li",
      { class: "calibration__step", "data-step": step },
      this.sign,
      h(
        "div",
        { class: "calibration__words" },
        h("h2", { text: this.words.title }),
        h("p", { text: this.words.how }),
        this.result,
        this.shown,
        this.sharpness,
        this.meter,
        this.problem,
      ),
      h("div", { class: "calibration__buttons" }, this.begin, step === "focus" && this.finish),
    );
  }

  /** Beside the figures. @param {Element} what */
  show(what) {
    this.shown.replaceChildren(what);
  }

  /** @param {Calibration|null} current @param {Work} work */
  draw(current, work) {
    const mine = work.step === this.step;
    const running = mine && work.state === "running";
    const kept = current && this.words.figures(current);
    refill(this.sign, icon(running ? "waiting" : kept ? "done" : "unknown"));
    this.element.dataset.state = running ? "running" : kept ? "kept" : "none";
    bindText(this.result, kept ? this.words.is : "calibration.not_yet", kept || {});
    this.begin.disabled = work.state === "running";
    this.begin.hidden = running;
    this.finish.hidden = !(running && this.step === "focus");
    this.problem.hidden = !(mine && work.state === "refused" && work.message);
    bindMessage(this.problem, mine ? work.message : null);
    this.drawProgress(running, work);
  }

  /** Focusing has no end of its own: its bar is the sharpness against the best seen. @param {boolean} running @param {Work} work */
  drawProgress(running, { now, best, progress }) {
    const focusing = this.step === "focus";
    const share = focusing ? (now ?? 0) / Math.max(best ?? 0, 1e-6) : (progress ?? 0);
    this.meter.hidden = !running;
    this.bar.style.setProperty("--share", String(share));
    this.meter.setAttribute("aria-valuenow", String(Math.round(100 * share)));
    this.sharpness.hidden = !(running && focusing);
    bindText(this.sharpness, "calibration.sharpness", { now: figure(now ?? 0), best: figure(best ?? 0) });
  }
}
