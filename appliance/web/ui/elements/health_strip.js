/** The seven things a day depends on, at a glance: each a drawing, a state and a word; more in words one tap away. */

import { h, refill } from "../dom.js";
import { bindAttribute, said, words } from "../i18n.js";
import { icon } from "../icons.js";
import { View } from "../view.js";
import { openSheet } from "./sheet.js";

/** @typedef {import("../types.js").Sign} Sign */

/** @type {Record<Sign["id"], {drawing: string, name: string}>} */
export const SIGNS = {
  queue: { drawing: "waiting", name: "health.queue" },
  storage: { drawing: "storage", name: "health.storage" },
  light: { drawing: "lamp", name: "health.light" },
  camera: { drawing: "camera", name: "health.camera" },
  power: { drawing: "power", name: "health.power" },
  network: { drawing: "cloud", name: "health.network" },
  clock: { drawing: "clock", name: "health.clock" },
};

export class HealthStrip extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "health";
    this.strip = h("button", { type: "button", class: "health__strip", on: { click: () => this.open() } });
  }

  build() {
    return [this.strip];
  }

  shown() {
    this.watch(["health"], ({ health }) => this.draw(health ?? []));
    this.listen(document, "languagechange", () => this.draw(this.app.store.state.health ?? []));
  }

  /** @param {Sign[]} signs */
  draw(signs) {
    this.hidden = signs.length === 0;
    refill(
      this.strip,
      signs.map(({ id, state }) =>
        h(
          "span",
          { class: `health__sign health__sign--${state}`, "data-sign": id },
          icon(SIGNS[id].drawing),
          h("span", { text: SIGNS[id].name }),
        ),
      ),
    );
    const wrong = signs.filter(({ state }) => state !== "well").map(({ message }) => said(message));
    if (wrong.length) bindAttribute(this.strip, "aria-label", "health.look", { what: wrong.join(words("list.comma")) });
    else bindAttribute(this.strip, "aria-label", "health.all_well");
  }

  open() {
    openSheet(this.app, async () => {
      const { HealthSheet } = await import("../sheets/health.js");
      return new HealthSheet(this.app);
    });
  }
}

customElements.define("health-strip", HealthStrip);
