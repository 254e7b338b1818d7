/** The health of the day in words: what each thing says, and what to do. */

import { h, refill } from "../dom.js";
import { Sheet } from "../elements/sheet.js";
import { bindMessage } from "../i18n.js";
import { icon } from "../icons.js";
import { SIGNS, signsOf } from "../signs.js";

/** @type {Record<import("../signs.js").Sign["state"], {text: string, look: string}>} */
const STATES = {
  ok: { text: "health.well", look: "well" },
  warn: { text: "health.warn", look: "warn" },
  bad: { text: "health.ill", look: "ill" },
  unknown: { text: "health.unknown", look: "unknown" },
};

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
    this.watch(["health", "devices", "queue"], (state) => refill(this.list, signsOf(state).map(row)));
  }
}

/** @param {import("../signs.js").Sign} sign */
function row({ id, state, lines }) {
  const said = lines.map((words) => {
    const line = h("p", { class: "device__detail", dir: "auto" });
    bindMessage(line, words);
    return line;
  });
  return h(
    "li",
    { class: `device device--${STATES[state].look}` },
    icon(SIGNS[id].drawing),
    h("div", {}, h("strong", { text: SIGNS[id].name }), said),
    h("span", { class: "device__state", text: STATES[state].text }),
  );
}

customElements.define("health-sheet", HealthSheet);
