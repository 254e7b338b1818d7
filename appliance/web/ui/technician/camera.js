/** The live picture with its figures, and the lamps by hand: for focusing, placing and checking before the day begins. */

import { h, refill } from "../dom.js";
import { LivePicture } from "../elements/live_picture.js";
import { bindMessage } from "../i18n.js";
import { Problem } from "../problem.js";
import { figure } from "../safe_text.js";
import { View } from "../view.js";

// Often enough to turn a focus ring by.
const EVERY_MS = 400;
/** @type {Array<{id: import("../station.d.ts").LampLevel, text: string}>} */
const LEVELS = [
  { id: "off", text: "lamps.off" },
  { id: "framing", text: "lamps.framing" },
  { id: "shot", text: "lamps.shot" },
];

/** @typedef {import("../types.js").CameraFigures} CameraFigures */

export class CameraPart extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "part part--camera";
    this.figures = h("dl", { class: "facts" });
    this.best = 0;
    this.meter = h("div", { class: "meter__bar" });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.lamps = h("div", { class: "segments", role: "group", label: "lamps.title" });
    this.looking = true;
  }

  build() {
    return [
      h("div", { class: "stage stage--small" }, new LivePicture(this.app, { overlay: false })),
      h(
        "section",
        { class: "panel" },
        h("h2", { text: "camera.focus" }),
        h("div", { class: "meter", "aria-hidden": "true" }, this.meter),
        h("p", { class: "quiet", text: "camera.focus_hint" }),
        h("h2", { text: "lamps.title" }),
        this.lamps,
        this.problem,
        this.figures,
        h("p", { class: "quiet", text: "lamps.hint" }),
      ),
    ];
  }

  shown() {
    this.looking = true;
    this.stops.push(() => (this.looking = false));
    this.look();
  }

  async look() {
    while (this.looking) {
      if (!document.hidden) {
        const found = await this.app.api.technician.camera().catch((error) => this.told(error));
        if (found && this.looking) this.draw(found);
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  /** @param {CameraFigures} found */
  draw(found) {
    this.problem.hidden = true;
    // Sharpness has no unit; the best seen since the page was opened is the full bar.
    this.best = Math.max(this.best, found.sharpness, 1e-6);
    this.meter.style.setProperty("--share", String(found.sharpness / this.best));
    const none = "—";
    refill(
      this.figures,
      row("camera.sharpness", `${figure(found.sharpness)} / ${figure(this.best)}`),
      row("camera.brightness", figure(found.brightness)),
      row("camera.clipped", `${figure(found.clipped * 100)} %`),
      row("camera.exposure", found.exposure_us === null ? none : `${figure(found.exposure_us / 1000)} ms`),
      row("camera.gain", found.analogue_gain === null ? none : `${figure(found.analogue_gain)} ×`),
      row("camera.colour", found.colour_gains === null ? none : found.colour_gains.map(figure).join(" / ")),
      row("camera.rate", `${figure(found.frames_per_s)} /s`),
      h("dt", { text: "camera.locked" }),
      h("dd", { text: found.exposure_locked ? "camera.yes" : "camera.no" }),
      row(
        "lamps.drive",
        [found.drive.left, found.drive.right, found.drive.background]
          .map((part) => `${Math.round(part * 100)} %`)
          .join(" / "),
      ),
    );
    this.drawLamps(found.lamp_level);
  }

  /** @param {string|null} level */
  drawLamps(level) {
    if (this.lamps.dataset.level === String(level)) return;
    this.lamps.dataset.level = String(level);
    refill(
      this.lamps,
      LEVELS.map(({ id, text }) =>
        h("button", {
          type: "button",
          class: "segment",
          "aria-pressed": String(id === level),
          text,
          on: { click: () => this.app.api.technician.lamps(id).catch((error) => this.told(error)) },
        }),
      ),
    );
  }

  /** @param {unknown} error */
  told(error) {
    if (!(error instanceof Problem)) throw error;
    bindMessage(this.problem, error.words);
    this.problem.hidden = false;
    return null;
  }
}

/** @param {string} text @param {string} value */
function row(text, value) {
  return [h("dt", { text }), h("dd", {}, value)];
}

customElements.define("camera-part", CameraPart);
