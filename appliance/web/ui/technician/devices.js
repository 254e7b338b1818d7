/** Every device with its state and what it says, and the day's health below. */

import { h, refill } from "../dom.js";
import { deviceRow } from "../sheets/devices.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";

export class DevicesPart extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "part";
    this.list = h("ul", { class: "devices" });
    this.facts = h("dl", { class: "facts" });
  }

  build() {
    return [this.list, this.facts];
  }

  shown() {
    this.watch(["devices"], ({ devices }) => refill(this.list, (devices ?? []).map(deviceRow)));
    this.watch(["station"], ({ station }) =>
      refill(
        this.facts,
        h("dt", { text: "technician.station" }),
        h("dd", { dir: "auto" }, shown(station?.name)),
        h("dt", { text: "technician.version" }),
        h("dd", {}, shown(station?.version)),
      ),
    );
  }
}

customElements.define("devices-part", DevicesPart);
