/** The tablets that were paired: one more is let in by a code that opens once, a lost one is turned away. */

import { h, refill } from "../dom.js";
import { button } from "../elements/controls.js";
import { bindText } from "../i18n.js";
import { icon } from "../icons.js";
import { Problem } from "../problem.js";
import { View } from "../view.js";

/** @typedef {import("../types.js").PairedTablet} PairedTablet */

export class TabletsPart extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "part";
    this.invited = h("p", { class: "lead", role: "status" });
    this.list = h("ul", { class: "people" });
  }

  build() {
    return [
      h(
        "div",
        { class: "part__head" },
        h("p", { class: "quiet", text: "tablets.lead" }),
        button({ text: "tablets.invite", icon: "lock", press: () => this.invite() }),
      ),
      this.invited,
      this.list,
    ];
  }

  shown() {
    this.watch(["session"], () => this.look());
  }

  async look() {
    try {
      const { tablets } = await this.app.api.tablets.read();
      refill(
        this.list,
        tablets.map((tablet) => this.row(tablet)),
      );
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.app.store.set({ problem: error });
    }
  }

  async invite() {
    await this.app.actions.run(async (api) => {
      const { code, lasts_s: lasts } = await api.tablets.invite();
      bindText(this.invited, "tablets.code", { code, minutes: Math.round(lasts / 60) });
    });
  }

  /** @param {PairedTablet} tablet */
  row(tablet) {
    const student = tablet.screen === "student";
    const name = h("strong");
    bindText(name, "tablets.number", { n: tablet.number });
    return h(
      "li",
      { class: "device" },
      icon(student ? "person" : "device"),
      h("div", {}, name, h("p", { class: "device__detail", text: student ? "tablets.student" : "tablets.operator" })),
      tablet.mine
        ? h("span", { class: "tag", text: "tablets.mine" })
        : button({ text: "tablets.remove", press: () => this.turnAway(tablet.number) }),
    );
  }

  /** @param {number} number */
  async turnAway(number) {
    await this.app.actions.run((api) => api.tablets.remove(number));
    await this.look();
  }
}

customElements.define("tablets-part", TabletsPart);
