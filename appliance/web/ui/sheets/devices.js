/** How each device is doing, and what to do about the one that is not. */

import { h, refill } from "../dom.js";
import { Sheet } from "../elements/sheet.js";
import { bindMessage, words } from "../i18n.js";
import { icon } from "../icons.js";
import { shown } from "../safe_text.js";

/** @type {Record<string, string>} */
const NAMES = {
  camera: "device.camera",
  lamps: "device.lamps",
  scanner: "device.scanner",
  trigger: "device.trigger",
  indicator: "device.indicator",
  power: "device.power",
};
/** @type {Record<string, string>} */
const STATES = {
  ready: "device.ready",
  starting: "device.starting",
  failing: "device.failing",
  stopped: "device.stopped",
};

/** @param {import("../types.js").Device} device */
export function isWell(device) {
  return device.state === "ready";
}

/** @param {import("../types.js").Device} device */
export function nameOf(device) {
  return NAMES[device.name] ? words(NAMES[device.name]) : shown(device.name);
}

export class DevicesSheet extends Sheet {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app, "devices.title");
    this.list = h("ul", { class: "devices" });
  }

  content() {
    return [this.list];
  }

  shown() {
    super.shown();
    this.watch(["devices"], ({ devices }) => refill(this.list, (devices ?? []).map(deviceRow)));
  }
}

/** @param {import("../types.js").Device} device */
export function deviceRow(device) {
  const well = isWell(device);
  const name = NAMES[device.name];
  return h(
    "li",
    { class: `device device--${well ? "well" : "ill"}` },
    icon(well ? "done" : "warning"),
    h(
      "div",
      {},
      name ? h("strong", { text: name }) : h("strong", { dir: "auto" }, shown(device.name)),
      device.detail && line("device__detail", device.detail),
      !well && (device.told ?? device.advice) && line("device__advice", device.told ?? device.advice),
    ),
    h("span", { class: "device__state", text: STATES[device.state] ?? "device.failing" }),
  );
}

/** @param {string} name @param {string|import("../types.js").Message} said */
function line(name, said) {
  const element = h("p", { class: name, dir: "auto" });
  bindMessage(element, said);
  return element;
}

customElements.define("devices-sheet", DevicesSheet);
