/** Every device with its state and what it says, and the whole station examined on request. */

import { h, refill } from "../dom.js";
import { button } from "../elements/controls.js";
import { bindMessage } from "../i18n.js";
import { icon } from "../icons.js";
import { shown } from "../safe_text.js";
import { deviceRow } from "../sheets/devices.js";
import { View } from "../view.js";

/** @typedef {import("../types.js").Finding} Finding */

/** @type {Record<Finding["outcome"], {text: string, look: string, drawing: string}>} */
const OUTCOMES = {
  ok: { text: "health.well", look: "well", drawing: "done" },
  warn: { text: "health.warn", look: "warn", drawing: "warning" },
  fail: { text: "health.ill", look: "ill", drawing: "warning" },
  skipped: { text: "health.unknown", look: "unknown", drawing: "unknown" },
};

export class DevicesPart extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "part";
    this.list = h("ul", { class: "devices" });
    this.findings = h("ul", { class: "devices", role: "status" });
    this.facts = h("dl", { class: "facts" });
  }

  build() {
    const examine = button({ text: "technician.examine", icon: "search", press: () => this.examine() });
    return [h("div", { class: "part__head" }, this.facts, examine), this.findings, this.list];
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

  async examine() {
    await this.app.actions.run(async (api) => {
      const { findings } = await api.technician.doctor();
      // What is wrong first: that is what was asked for.
      const worst = ["fail", "warn", "skipped", "ok"];
      const sorted = [...findings].sort((one, other) => worst.indexOf(one.outcome) - worst.indexOf(other.outcome));
      refill(this.findings, sorted.map(row));
    });
  }
}

/** @param {Finding} finding */
function row({ outcome, title, value, advice }) {
  const { text, look, drawing } = OUTCOMES[outcome];
  const [name, what] = [h("strong"), h("p", { class: "device__advice", dir: "auto" })];
  bindMessage(name, title);
  if (advice) bindMessage(what, advice);
  return h(
    "li",
    { class: `device device--${look}` },
    icon(drawing),
    h("div", {}, name, value && h("p", { class: "device__detail", dir: "auto" }, shown(value)), advice && what),
    h("span", { class: "device__state", text }),
  );
}

customElements.define("devices-part", DevicesPart);
