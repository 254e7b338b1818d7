/** The code typed by hand or pasted, when no scanner and no picture reads it. */

import { h } from "../dom.js";
import { button, problemLine, showProblem } from "../elements/controls.js";
import { Sheet } from "../elements/sheet.js";

export class TypedCodeSheet extends Sheet {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app, "typed.title", { follows: (state) => state.visit?.state });
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
      h("p", { class: "sheet__lead", text: "typed.lead" }),
      this.field,
      this.problem,
      button({ text: "typed.submit", icon: "arrow", rank: "primary", press: () => this.submit() }),
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
    await this.app.actions.run(
      (api) => api.code(payload),
      (problem) => showProblem(this.problem, problem),
    );
  }
}

customElements.define("typed-code-sheet", TypedCodeSheet);
