/** Who may sign in: added, given a new PIN, removed. The first one is made with the console's set-up code. */

import { h, refill } from "../dom.js";
import { button } from "../elements/controls.js";
import { openSheet } from "../elements/sheet.js";
import { icon } from "../icons.js";
import { Problem } from "../problem.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";

/** @typedef {import("../types.js").Operator} Operator */

export class PeoplePart extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "part";
    this.lead = h("p", { class: "quiet" });
    this.list = h("ul", { class: "people" });
    this.setup = false;
  }

  build() {
    return [
      h(
        "div",
        { class: "part__head" },
        this.lead,
        button({ text: "people.add", icon: "person", press: () => this.open(null) }),
      ),
      this.list,
    ];
  }

  shown() {
    this.watch(["session"], () => this.look());
  }

  async look() {
    try {
      const { people, setup } = await this.app.api.people.read();
      this.setup = setup;
      refill(this.lead, h("span", { text: setup ? "people.nobody" : "people.lead" }));
      refill(
        this.list,
        people.map((/** @type {Operator} */ person) => this.row(person)),
      );
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.app.store.set({ problem: error });
    }
  }

  /** @param {Operator} person */
  row(person) {
    const technician = person.role === "technician";
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "choice", on: { click: () => this.open(person) } },
        icon(technician ? "wrench" : "person"),
        h("span", { dir: "auto" }, shown(person.name)),
        h("span", { class: "tag", text: technician ? "people.technician" : "people.operator" }),
      ),
    );
  }

  /** @param {Operator|null} person */
  open(person) {
    openSheet(this.app, async () => {
      const { PersonSheet } = await import("../sheets/person.js");
      return new PersonSheet(this.app, person, this.setup);
    });
  }
}

customElements.define("people-part", PeoplePart);
