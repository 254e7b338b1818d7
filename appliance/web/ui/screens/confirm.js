/** The record, masked and large, and the consent: read, ticked, and confirmed by the student with one button. */

import { h } from "../dom.js";
import { button } from "../elements/controls.js";
import { leaveButton } from "../elements/leave_button.js";
import { recordTable } from "../elements/record_table.js";
import { bindMessage } from "../i18n.js";
import { icon } from "../icons.js";
import { View } from "../view.js";

export class ConfirmScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "screen screen--confirm";
    this.tick = h("input", { type: "checkbox", class: "tick__box", on: { change: () => this.ticked() } });
    this.row = h(
      "label",
      { class: "tick" },
      this.tick,
      h("span", { class: "tick__mark" }, icon("check")),
      h("span", { text: "confirm.agree" }),
    );
    this.hint = h("p", { class: "problem", role: "alert", hidden: true, text: "confirm.tick_first" });
  }

  build() {
    const { plan, visit } = this.app.store.state;
    const consent = h("p", { class: "consent__text", dir: "auto" });
    bindMessage(consent, plan?.consent?.text);
    return [
      h(
        "section",
        { class: "confirm__record" },
        h("h1", { tabindex: -1, text: "confirm.title" }),
        recordTable(visit?.identity ?? null),
      ),
      h(
        "section",
        { class: "panel" },
        h("h2", { text: "confirm.consent" }),
        h("div", { class: "consent", tabindex: 0, role: "region", label: "confirm.consent" }, consent),
        this.row,
        this.hint,
        h(
          "div",
          { class: "panel__actions" },
          button({ text: "confirm.submit", icon: "arrow", rank: "primary", press: () => this.submit() }),
          leaveButton(this.app, { text: "confirm.wrong", icon: "cross", rank: "quiet" }),
        ),
      ),
    ];
  }

  ticked() {
    this.hint.hidden = true;
    this.row.classList.remove("tick--wanted");
  }

  async submit() {
    if (!this.tick.checked) {
      // Say what is missing rather than offer a dead button.
      this.hint.hidden = false;
      this.row.classList.add("tick--wanted");
      this.tick.focus();
      return;
    }
    const version = this.app.store.state.plan?.consent?.version ?? "";
    await this.app.actions.run((api) => api.confirm(version));
  }
}

customElements.define("confirm-screen", ConfirmScreen);
