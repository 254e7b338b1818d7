/** The student answers for the code: the last four of the document number, or the student number. */

import { h } from "../dom.js";
import { button, problemLine } from "../elements/controls.js";
import { KeyPad } from "../elements/key_pad.js";
import { bindMessage, bindText } from "../i18n.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";

const QUESTIONS = {
  last_four: { title: "verify.last_four", hint: "verify.last_four_hint", field: "verify.last_four_field", length: 4, extra: "X" },
  student_number: { title: "verify.student_number", hint: "verify.student_number_hint", field: "verify.student_number_field", length: null },
};

export class VerifyScreen extends View {
  build() {
    this.className = "screen screen--split";
    const { plan, visit } = this.app.store.state;
    const question = QUESTIONS[plan?.verification ?? ""] ?? QUESTIONS.last_four;
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
      if (!this.tries || typeof visit?.tries_left !== "number") return;
      bindText(this.tries, "verify.tries_left", { n: visit.tries_left });
      this.tries.hidden = false;
    });
  }

  changed() {
    if (this.submitButton && this.pad) this.submitButton.disabled = !this.pad.complete;
    if (this.problem && this.pad?.value) this.problem.hidden = true;
  }

  async submit() {
    const { pad, problem: line } = this;
    if (!pad?.complete) return;
    await this.app.actions.run(
      (api) => api.verify(pad.value),
      (problem) => {
        if (!line) return;
        pad.clear();
        bindMessage(line, problem.words);
        line.hidden = false;
      },
    );
  }
}

customElements.define("verify-screen", VerifyScreen);
