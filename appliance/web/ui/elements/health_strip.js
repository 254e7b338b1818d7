/** The seven things a day depends on, at a glance: each a drawing, a word and a bar; more in words one tap away. */

import { h, refill } from "../dom.js";
import { bindAttribute, bindMessage, words } from "../i18n.js";
import { icon } from "../icons.js";
import { SIGNS, signsOf } from "../signs.js";
import { View } from "../view.js";
import { openSheet } from "./sheet.js";

export class HealthStrip extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "health";
    this.strip = h("button", { type: "button", class: "health__strip", on: { click: () => this.open() } });
    this.said = h("ul", { class: "health__said" });
    this.showing = "";
  }

  build() {
    return [this.strip, h("div", { role: "status" }, this.said)];
  }

  shown() {
    this.watch(["health", "devices", "queue"], (state) => this.draw(state));
    this.listen(document, "languagechange", () => {
      this.showing = "";
      this.draw(this.app.store.state);
    });
  }

  /** @param {import("../types.js").State} state */
  draw(state) {
    const signs = signsOf(state);
    this.hidden = signs.length === 0;
    // Figures change all the time, states hardly ever: drawn anew only then.
    const key = JSON.stringify(signs.map(({ state, lines }) => (state === "bad" ? lines : state)));
    if (key === this.showing) return;
    this.showing = key;
    refill(
      this.strip,
      signs.map((sign) =>
        h(
          "span",
          { class: `health__sign health__sign--${sign.state}`, "data-sign": sign.id },
          icon(SIGNS[sign.id].drawing),
          h("span", { text: SIGNS[sign.id].name }),
        ),
      ),
    );
    refill(this.said, signs.filter(({ state }) => state === "bad").map(inWords));
    const wrong = signs.filter((sign) => sign.state === "bad" || sign.state === "warn");
    const what = wrong.map(({ id }) => words(SIGNS[id].name)).join(words("list.comma"));
    if (wrong.length) bindAttribute(this.strip, "aria-label", "health.look", { what });
    else bindAttribute(this.strip, "aria-label", "health.all_well");
  }

  open() {
    openSheet(this.app, async () => {
      const { HealthSheet } = await import("../sheets/health.js");
      return new HealthSheet(this.app);
    });
  }
}

/** What stands in the way of today's work, and what to do: not behind a tap. @param {import("../signs.js").Sign} sign */
function inWords({ id, lines }) {
  const advice = h("span", { dir: "auto" });
  bindMessage(advice, lines.at(-1));
  return h("li", {}, icon(SIGNS[id].drawing), h("strong", { text: SIGNS[id].name }), advice);
}

customElements.define("health-strip", HealthStrip);
