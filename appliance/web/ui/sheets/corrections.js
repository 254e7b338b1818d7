/** Something in the record is wrong: mark what, so that the platform corrects it, and go on; or end the visit. */

import { h } from "../dom.js";
import { button } from "../elements/controls.js";
import { RECORD_ROWS } from "../elements/record_table.js";
import { leaveButton } from "../elements/leave_button.js";
import { Sheet } from "../elements/sheet.js";
import { shown } from "../safe_text.js";

export class CorrectionsSheet extends Sheet {
  /** @param {import("../view.js").App} app @param {string[]} marked @param {(wrong: string[]) => void} take */
  constructor(app, marked, take) {
    super(app, "corrections.title", { follows: (state) => `${state.visit?.id} ${state.visit?.state}` });
    this.take = take;
    const identity = app.store.state.visit?.identity;
    this.boxes = RECORD_ROWS.map(({ field, label }) => {
      const box = h("input", { type: "checkbox", value: field });
      box.checked = marked.includes(field);
      const row = h(
        "label",
        { class: "choice" },
        box,
        h(
          "span",
          {},
          h("strong", { text: label }),
          h("span", { class: "quiet", dir: "auto" }, ` ${shown(identity?.[field])}`),
        ),
      );
      return { box, row };
    });
  }

  content() {
    return [
      h("p", { class: "sheet__lead", text: "corrections.lead" }),
      h(
        "fieldset",
        { class: "choices choices--two" },
        h("legend", { class: "visually-hidden", text: "corrections.title" }),
        this.boxes.map(({ row }) => row),
      ),
      button({ text: "corrections.mark", icon: "check", rank: "primary", press: () => this.mark() }),
      leaveButton(this.app, { text: "corrections.leave", rank: "quiet" }),
    ];
  }

  mark() {
    this.take(this.boxes.filter(({ box }) => box.checked).map(({ box }) => box.value));
    this.close();
  }
}

customElements.define("corrections-sheet", CorrectionsSheet);
