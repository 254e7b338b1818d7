/** The number of a voucher, where the plan takes one while the platform cannot be reached. */

import { h } from "../dom.js";
import { button, problemLine, showProblem } from "../elements/controls.js";
import { Sheet } from "../elements/sheet.js";

export class VoucherSheet extends Sheet {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app, "pay.voucher_title", { follows: (state) => state.visit?.state });
    this.problem = problemLine();
    this.field = h("input", {
      class: "field field--code",
      type: "text",
      autocomplete: "off",
      maxlength: 64,
      label: "pay.voucher_number",
      on: { keydown: (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && this.submit() },
    });
  }

  content() {
    return [
      h("p", { class: "sheet__lead", text: "pay.voucher_lead" }),
      this.field,
      this.problem,
      button({ text: "pay.voucher_take", icon: "arrow", rank: "primary", press: () => this.submit() }),
    ];
  }

  shown() {
    super.shown();
    this.field.focus();
  }

  async submit() {
    const number = this.field.value.trim();
    if (!number) {
      this.field.focus();
      return;
    }
    const done = await this.app.actions.run(
      (api) => api.payment.voucher(number),
      (problem) => showProblem(this.problem, problem),
    );
    if (done) this.close();
  }
}

customElements.define("voucher-sheet", VoucherSheet);
