/** The student answers for the code: the last four of the document number, or the student number. */

import { h } from "../dom.js";
import { button, problemLine, showProblem } from "../elements/controls.js";
import { KeyPad } from "../elements/key_pad.js";
import { bindText } from "../i18n.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";

/** @typedef {{title: string, hint: string, field: string, length: number|null, extra?: string}} Question */

/** @type {Question} */
const LAST_FOUR = {
  title: "verify.last_four",
  hint: "verify.last_four_hint",
  field: "verify.last_four_field",
  length: 4,
  extra: "X",
};
/** @type {Question} */
const STUDENT_NUMBER = {
  title: "verify.student_number",
  hint: "verify.student_number_hint",
  field: "verify.student_number_field",
  length: null,
};

export class VerifyScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "screen screen--split";
    const question = app.store.state.plan?.verification === "student_number" ? STUDENT_NUMBER : LAST_FOUR;
    this.question = question;
    this.problem = problemLine();
    this.tries = h("p", { class: "quiet", hidden: true });
    this.submitButton = button({ text: "verify.submit", icon: "arrow", rank: "primary", press: () => this.submit() });
    this.pad = new KeyPad(this.app, {
      label: question.field,
      length: question.length,
      extra: question.extra,
      onEnter: () => this.submit(),
      onChange: () => this.changed(),
    });
  }

  build() {
    const { question } = this;
    const { visit } = this.app.store.state;
    return [
      h(
        "section",
        { class: "intro" },
        h("p", { class: "overline", text: "verify.hello" }),
        h("p", { class: "student-name", dir: "auto" }, shown(visit?.identity?.name)),
        h("h1", { tabindex: -1, text: question.title }),
        h("p", { class: "lead", text: question.hint }),
        this.tries,
      ),
      h("section", { class: "panel panel--form" }, this.pad, this.problem, this.submitButton),
    ];
  }

  shown() {
    this.watch(["visit"], ({ visit }) => {
      if (typeof visit?.tries_left !== "number") return;
      bindText(this.tries, "verify.tries_left", { n: visit.tries_left });
      this.tries.hidden = false;
    });
  }

  changed() {
    this.submitButton.disabled = !this.pad.complete;
    if (this.pad.value) this.problem.hidden = true;
  }

  async submit() {
    if (!this.pad.complete) return;
    await this.app.actions.run(
      (api) => api.verify(this.pad.value),
      (problem) => {
        this.pad.clear();
        showProblem(this.problem, problem);
      },
    );
  }
}

customElements.define("verify-screen", VerifyScreen);
