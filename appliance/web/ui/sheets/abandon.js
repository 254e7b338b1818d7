/** Ending a visit without a photo: why, in one word the journal keeps, never a sentence about a person. */

import { h } from "../dom.js";
import { Sheet } from "../elements/sheet.js";

const REASONS = [
  { id: "student-left", text: "abandon.student_left" },
  { id: "wrong-record", text: "abandon.wrong_record" },
  { id: "not-the-student", text: "abandon.not_the_student" },
  { id: "comes-back-later", text: "abandon.comes_back_later" },
  { id: "other", text: "abandon.other" },
];

export class AbandonSheet extends Sheet {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app, "abandon.title", { follows: (state) => state.visit?.id });
  }

  content() {
    return [
      h("p", { class: "sheet__lead", text: "abandon.lead" }),
      h(
        "div",
        { class: "choices" },
        REASONS.map(({ id, text }) =>
          h("button", {
            type: "button",
            class: "choice",
            "data-act": true,
            "data-reason": id,
            text,
            on: { click: () => this.leave(id) },
          }),
        ),
      ),
    ];
  }

  /** @param {string} reason */
  async leave(reason) {
    if (await this.app.actions.run((api) => api.abandon(reason))) this.app.store.set({ page: "scan" });
    this.close();
  }
}

customElements.define("abandon-sheet", AbandonSheet);
