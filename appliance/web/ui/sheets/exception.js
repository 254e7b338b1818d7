/** Accepting a photo the rules refuse: a reason from the list first, then a second, deliberate tap. */

import { h } from "../dom.js";
import { button, problemLine, showProblem } from "../elements/controls.js";
import { Sheet } from "../elements/sheet.js";
import { bindMessage } from "../i18n.js";

const NOTE_LIMIT = 200;

export class ExceptionSheet extends Sheet {
  /** @param {import("../view.js").App} app @param {string} shot */
  constructor(app, shot) {
    super(app, "exception.title", { follows: (state) => `${state.visit?.shot?.id} ${state.visit?.state}` });
    this.shot = shot;
    this.note = h("textarea", {
      class: "field",
      rows: 2,
      maxlength: NOTE_LIMIT,
      dir: "auto",
      label: "exception.note",
      hint: "exception.note_hint",
    });
    this.accept = button({ text: "exception.accept", icon: "check", rank: "danger", press: () => this.submit() });
    this.accept.disabled = true;
    this.problem = problemLine();
    /** Whoever signed in answers for it once more. */
    this.pin = app.store.state.session?.operator
      ? h("input", {
          class: "field field--code",
          type: "password",
          inputmode: "numeric",
          autocomplete: "one-time-code",
          maxlength: 6,
          label: "exception.pin",
          hint: "exception.pin",
          on: { input: () => this.check() },
        })
      : null;
  }

  content() {
    return [
      h("p", { class: "sheet__lead", text: "exception.lead" }),
      h(
        "fieldset",
        { class: "choices", on: { change: () => this.check() } },
        h("legend", { class: "visually-hidden", text: "exception.reason" }),
        (this.app.store.state.exceptions ?? []).map((reason) => {
          const words = h("span");
          bindMessage(words, reason);
          return h(
            "label",
            { class: "choice" },
            h("input", { type: "radio", name: "exception", value: reason.id }),
            words,
          );
        }),
      ),
      this.note,
      ...(this.pin ? [this.pin] : []),
      this.problem,
      this.accept,
    ];
  }

  chosen() {
    const input = /** @type {HTMLInputElement|null} */ (this.querySelector("input[name=exception]:checked"));
    return input?.value ?? "";
  }

  check() {
    this.accept.disabled = !this.chosen() || this.pin?.value.length === 0;
  }

  async submit() {
    const exception = { reason: this.chosen(), note: this.note.value.trim() };
    const done = await this.app.actions.run(
      (api) => api.accept(this.shot, exception, { pin: this.pin?.value }),
      (problem) => {
        if (this.pin) this.pin.value = "";
        this.check();
        showProblem(this.problem, problem);
      },
    );
    if (done) this.close();
  }
}

customElements.define("exception-sheet", ExceptionSheet);
