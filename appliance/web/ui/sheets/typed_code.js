/** The code typed by hand or pasted, when no scanner and no picture reads it. */

import { h } from "../dom.js";
import { button, problemLine, showProblem } from "../elements/controls.js";
import { Sheet } from "../elements/sheet.js";

export class TypedCodeSheet extends Sheet {
  /** @param {import("../view.js").App} app @param {(payload: string) => void} [use] instead of beginning a visit */
  constructor(app, use) {
    super(app, "typed.title", { follows: (state) => state.visit?.state });
    this.use = use;
    this.problem = problemLine();
    this.field = h("textarea", {
      class: "field field--code",
      rows: 3,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      label: "typed.field",
      hint: "typed.hint",
      on: {
        keydown: (/** @type {KeyboardEvent} */ event) =>
          event.key === "Enter" && (event.preventDefault(), this.submit()),
      },
    });
  }

  content() {
    return [
      h("p", { class: "sheet__lead", text: this.use ? "typed.find" : "typed.lead" }),
      this.field,
      this.problem,
      button({
        text: this.use ? "typed.look" : "typed.submit",
        icon: "arrow",
        rank: "primary",
        press: () => this.submit(),
      }),
    ];
  }

  shown() {
    super.shown();
    this.field.focus();
  }

  async submit() {
    const payload = this.field.value.trim();
    if (!payload) {
      this.field.focus();
      return;
    }
    if (this.use) {
      this.close();
      this.use(payload);
      return;
    }
    await this.app.actions.run(
      (api) => api.code(payload),
      (problem) => showProblem(this.problem, problem),
    );
  }
}

customElements.define("typed-code-sheet", TypedCodeSheet);
