/** Which plan the day follows. One that this station cannot honour says why. */

import { h, refill } from "../dom.js";
import { problemLine, showProblem } from "../elements/controls.js";
import { Sheet } from "../elements/sheet.js";
import { bindMessage } from "../i18n.js";
import { shown } from "../safe_text.js";
import { Problem } from "../problem.js";

/** @typedef {import("../types.js").PlanChoice} PlanChoice */

export class PlansSheet extends Sheet {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app, "plans.title");
    this.list = h("div", { class: "choices" });
    this.problem = problemLine();
  }

  content() {
    return [h("p", { class: "sheet__lead", text: "plans.lead" }), this.list, this.problem];
  }

  async shown() {
    super.shown();
    try {
      this.draw((await this.app.api.plans()).plans);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      showProblem(this.problem, error);
    }
  }

  /** @param {PlanChoice[]} plans */
  draw(plans) {
    refill(
      this.list,
      plans.map((plan) => this.choice(plan)),
    );
  }

  /** @param {PlanChoice} plan */
  choice(plan) {
    const title = h("strong", { dir: "auto" });
    bindMessage(title, plan.title);
    const facts = [plan.school, plan.level, plan.type].map(shown).join(" · ");
    const why = plan.refused.map(({ zh, en }) => {
      const line = h("span", { class: "problem" });
      bindMessage(line, { zh, en });
      return line;
    });
    return h(
      "button",
      {
        type: "button",
        class: "choice choice--tall",
        "data-act": true,
        "aria-pressed": String(plan.current),
        disabled: !plan.usable,
        on: { click: () => this.use(plan.id) },
      },
      h(
        "span",
        { class: "choice__lines" },
        title,
        h("span", { class: "quiet", dir: "auto" }, facts),
        h("span", { class: "quiet", text: "plans.students", values: { n: plan.students } }),
        why,
      ),
    );
  }

  /** @param {string} id */
  async use(id) {
    const done = await this.app.actions.run(
      (api) => api.usePlan(id),
      (problem) => showProblem(this.problem, problem),
    );
    if (done) this.close();
  }
}

customElements.define("plans-sheet", PlansSheet);
