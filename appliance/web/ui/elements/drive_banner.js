/** One tablet drives: the others see which, and may take over on purpose. */

import { h } from "../dom.js";
import { whoDrives } from "../driving.js";
import { bindText } from "../i18n.js";
import { icon } from "../icons.js";
import { View } from "../view.js";
import { openSheet } from "./sheet.js";

export class DriveBanner extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "banner banner--drive";
    this.setAttribute("role", "status");
    this.hidden = true;
    this.line = h("span");
  }

  build() {
    return [
      icon("lock"),
      this.line,
      h("button", {
        type: "button",
        class: "button button--secondary",
        text: "drive.take",
        on: { click: () => this.ask() },
      }),
    ];
  }

  shown() {
    this.watch(["driving", "connection"], ({ driving, connection }) => {
      this.hidden = connection !== "live" || !driving?.tablet || driving.mine;
      if (driving?.tablet) bindText(this.line, driving.operator ? "drive.by" : "drive.tablet", whoDrives(driving));
    });
    // A tap that was refused because another drives asks the question at once.
    this.watch(["wheel"], ({ wheel }) => wheel && this.ask());
  }

  ask() {
    this.app.store.set({ wheel: null });
    openSheet(this.app, async () => {
      const { TakeOverSheet } = await import("../sheets/take_over.js");
      return new TakeOverSheet(this.app);
    });
  }
}

customElements.define("drive-banner", DriveBanner);
