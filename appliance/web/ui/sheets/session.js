/** Who is signed in at this tablet, and signing out. */

import { h } from "../dom.js";
import { button } from "../elements/controls.js";
import { Sheet } from "../elements/sheet.js";
import { icon } from "../icons.js";
import { shown } from "../safe_text.js";

export class SessionSheet extends Sheet {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app, "session.title");
  }

  content() {
    const { session } = this.app.store.state;
    const technician = session?.operator?.role === "technician";
    return [
      h(
        "div",
        { class: "who" },
        h("div", { class: "emblem emblem--accent" }, icon("person")),
        h(
          "div",
          {},
          h("strong", { dir: "auto" }, shown(session?.operator?.name)),
          h("p", { class: "quiet", text: technician ? "people.technician" : "people.operator" }),
        ),
      ),
      h("p", { class: "quiet", text: "session.idle", values: { n: Math.round((session?.idle_s ?? 0) / 60) } }),
      button({ text: "session.leave", icon: "leave", rank: "primary", press: () => this.leave() }),
    ];
  }

  async leave() {
    await this.app.actions.run((api) => api.signOut());
    this.close();
  }
}

customElements.define("session-sheet", SessionSheet);
