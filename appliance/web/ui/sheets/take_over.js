/** Taking the wheel from another tablet: a second, deliberate tap, since somebody may stand there with a student. */

import { h } from "../dom.js";
import { whoDrives } from "../driving.js";
import { button } from "../elements/controls.js";
import { Sheet } from "../elements/sheet.js";

export class TakeOverSheet extends Sheet {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app, "drive.title");
  }

  content() {
    const { driving } = this.app.store.state;
    const named = driving?.tablet && !driving.mine;
    return [
      named
        ? h("p", {
            class: "sheet__lead",
            text: driving.operator ? "drive.by" : "drive.tablet",
            values: whoDrives(driving),
          })
        : h("p", { class: "sheet__lead", text: "drive.free" }),
      h("p", { class: "quiet", text: "drive.consequence" }),
      button({ text: "drive.confirm", icon: "arrow", rank: "primary", press: () => this.take() }),
      button({ text: "drive.watch", rank: "quiet", press: () => this.close() }),
    ];
  }

  async take() {
    await this.app.actions.run((api) => api.takeOver());
    this.close();
  }
}

customElements.define("take-over-sheet", TakeOverSheet);
