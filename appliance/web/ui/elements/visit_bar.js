/** Where the visit stands: whose it is, the steps behind and ahead, and the way out. */

import { h } from "../dom.js";
import { bindAttribute } from "../i18n.js";
import { icon } from "../icons.js";
import { screenFor, STEPS } from "../router.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";
import { leaveButton } from "./leave_button.js";

export class VisitBar extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "visit-bar";
    this.setAttribute("role", "region");
    bindAttribute(this, "aria-label", "step.visit");
    this.name = h("strong", { class: "visit-bar__name", dir: "auto" });
    this.steps = STEPS.map(({ key }) =>
      h(
        "li",
        { class: "step" },
        h("span", { class: "step__dot" }, icon("check")),
        h("span", { class: "step__name", text: key }),
      ),
    );
    this.leave = leaveButton(this.app, { rank: "quiet", class: "visit-bar__leave" });
  }

  build() {
    return [this.name, h("ol", { class: "steps", label: "step.list" }, this.steps), this.leave];
  }

  shown() {
    this.watch(["visit", "page", "connection"], (state) => {
      const screen = screenFor(state);
      const at = STEPS.findIndex(({ screens }) => screens.includes(screen));
      this.hidden = at < 0;
      this.steps.forEach((step, index) => {
        step.dataset.at = index < at ? "behind" : index === at ? "here" : "ahead";
        if (index === at) step.setAttribute("aria-current", "step");
        else step.removeAttribute("aria-current");
      });
      const identity = state.visit?.identity;
      this.name.textContent = identity ? shown(identity.name) : "";
      this.leave.hidden = !state.visit?.actions.includes("abandon");
    });
  }
}

customElements.define("visit-bar", VisitBar);
