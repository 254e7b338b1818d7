/** The health of the day in words: what each thing says, and what to do. */

import { h, refill } from "../dom.js";
import { SIGNS } from "../elements/health_strip.js";
import { Sheet } from "../elements/sheet.js";
import { bindMessage } from "../i18n.js";
import { icon } from "../icons.js";

const STATES = { well: "health.well", warn: "health.warn", ill: "health.ill", unknown: "health.unknown" };

export class HealthSheet extends Sheet {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app, "health.title");
    this.list = h("ul", { class: "devices" });
  }

  content() {
    return [this.list];
  }

  shown() {
    super.shown();
    this.watch(["health"], ({ health }) => refill(this.list, (health ?? []).map(row)));
  }
}

/** @param {import("../types.js").Sign} sign */
function row({ id, state, message }) {
  const line = h("p", { class: "device__detail", dir: "auto" });
  bindMessage(line, message);
  const look = state === "ill" ? "ill" : state === "warn" ? "warn" : state === "well" ? "well" : "unknown";
  return h(
    "li",
    { class: `device device--${look}` },
    icon(SIGNS[id].drawing),
    h("div", {}, h("strong", { text: SIGNS[id].name }), line),
    h("span", { class: "device__state", text: STATES[state] }),
  );
}

customElements.define("health-sheet", HealthSheet);
