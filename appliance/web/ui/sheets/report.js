/** Something went wrong for a student: what kind, in a few words. They travel sealed; nobody on the way reads them. */

import { h, refill } from "../dom.js";
import { button, problemLine, showProblem } from "../elements/controls.js";
import { Sheet } from "../elements/sheet.js";
import { icon } from "../icons.js";

const TEXT_LIMIT = 500;
/** @typedef {import("../station.d.ts").ReportBody["category"]} Category */
/** @type {Array<{id: Category, text: string}>} */
const CATEGORIES = [
  { id: "code", text: "report.code" },
  { id: "identity", text: "report.identity" },
  { id: "payment", text: "report.payment" },
  { id: "camera", text: "report.camera" },
  { id: "verdict", text: "report.verdict" },
  { id: "photo", text: "report.photo" },
  { id: "other", text: "report.other" },
];

export class ReportSheet extends Sheet {
  /** @param {import("../view.js").App} app @param {string} capture */
  constructor(app, capture) {
    super(app, "report.title");
    this.capture = capture;
    this.problem = problemLine();
    this.words = h("textarea", {
      class: "field",
      rows: 3,
      maxlength: TEXT_LIMIT,
      dir: "auto",
      label: "report.words",
      hint: "report.words",
    });
    this.send = button({ text: "report.send", icon: "arrow", rank: "primary", press: () => this.submit() });
    this.send.disabled = true;
    this.form = h("div", { class: "report" });
  }

  content() {
    refill(
      this.form,
      h("p", { class: "sheet__lead", text: "report.lead" }),
      h(
        "fieldset",
        { class: "choices choices--two", on: { change: () => (this.send.disabled = false) } },
        h("legend", { class: "visually-hidden", text: "report.kind" }),
        CATEGORIES.map(({ id, text }) =>
          h(
            "label",
            { class: "choice" },
            h("input", { type: "radio", name: "category", value: id }),
            h("span", { text }),
          ),
        ),
      ),
      this.words,
      this.problem,
      this.send,
    );
    return [this.form];
  }

  async submit() {
    const chosen = /** @type {HTMLInputElement|null} */ (this.querySelector("input[name=category]:checked"));
    if (!chosen) return;
    const done = await this.app.actions.run(
      (api) => api.records.report(this.capture, /** @type {Category} */ (chosen.value), this.words.value.trim()),
      (problem) => showProblem(this.problem, problem),
    );
    if (!done) return;
    refill(
      this.form,
      h("div", { class: "emblem emblem--good" }, icon("check")),
      h("p", { class: "sheet__lead", role: "status", text: "report.thanks" }),
      button({ text: "sheet.close", rank: "primary", press: () => this.close() }),
    );
  }
}

customElements.define("report-sheet", ReportSheet);
