/** Two screens for when it does not go on: refused without a photo to show, and a device that failed. */

import { h, refill } from "../dom.js";
import { button } from "../elements/controls.js";
import { leaveButton } from "../elements/leave_button.js";
import { bindMessage } from "../i18n.js";
import { icon } from "../icons.js";
import { deviceRow, isWell } from "../sheets/devices.js";
import { View } from "../view.js";

/** Refused, and the photo is no longer here: take another or end the visit. */
export class RefusedScreen extends View {
  build() {
    this.className = "screen screen--centre";
    const { visit } = this.app.store.state;
    const may = visit?.actions.includes("retake");
    return [
      h("div", { class: "emblem emblem--bad" }, icon("cross")),
      h("h1", { tabindex: -1, text: "refused.title" }),
      h("p", { class: "lead", text: "refused.lead" }),
      h(
        "div",
        { class: "panel__actions panel__actions--centre" },
        may &&
          button({
            text: "verdict.retake",
            icon: "retake",
            rank: "primary",
            press: () => this.app.actions.run((api) => api.retake()),
          }),
        leaveButton(this.app),
      ),
    ];
  }
}

/** A device failed: what happened, what to do, and the way on once it is done. */
export class FaultScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "screen screen--centre";
    this.what = h("p", { class: "lead", role: "alert" });
    this.devices = h("ul", { class: "devices" });
    this.actions = h("div", { class: "panel__actions panel__actions--centre" });
  }

  build() {
    return [
      h("div", { class: "emblem emblem--bad" }, icon("warning")),
      h("h1", { tabindex: -1, text: "fault.title" }),
      this.what,
      this.devices,
      h("p", { class: "quiet", text: "fault.kept" }),
      this.actions,
    ];
  }

  shown() {
    this.watch(["visit"], ({ visit }) => {
      bindMessage(this.what, visit?.fault);
      const may = (/** @type {string} */ action) => visit?.actions.includes(action);
      refill(
        this.actions,
        may("resume") &&
          button({
            text: "fault.resume",
            icon: "retake",
            rank: "primary",
            press: () => this.app.actions.run((api) => api.resume()),
          }),
        may("abandon") && leaveButton(this.app),
      );
    });
    this.watch(["devices"], ({ devices }) => {
      refill(this.devices, (devices ?? []).filter((device) => !isWell(device)).map(deviceRow));
    });
  }
}

customElements.define("refused-screen", RefusedScreen);
customElements.define("fault-screen", FaultScreen);
