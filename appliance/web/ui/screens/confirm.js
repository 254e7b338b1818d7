/** The record, masked and large, and the consent; then what the plan still wants to know. Confirmed by the student. */

import { h, refill } from "../dom.js";
import { button, problemLine, showProblem } from "../elements/controls.js";
import { asksDetails, DetailsForm } from "../elements/details_form.js";
import { earlierLine } from "../elements/earlier_line.js";
import { recordTable } from "../elements/record_table.js";
import { openSheet } from "../elements/sheet.js";
import { bindMessage } from "../i18n.js";
import { icon } from "../icons.js";
import { View } from "../view.js";

export class ConfirmScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "screen screen--confirm";
    this.tick = h("input", { type: "checkbox", class: "tick__box", on: { change: () => this.ticked() } });
    this.row = h(
      "label",
      { class: "tick" },
      this.tick,
      h("span", { class: "tick__mark" }, icon("check")),
      h("span", { text: "confirm.agree" }),
    );
    this.hint = h("p", { class: "problem", role: "alert", hidden: true, text: "confirm.tick_first" });
    this.problem = problemLine();
    this.record = h("div", { class: "confirm__table" });
    this.panel = h("section", { class: "panel" });
    this.form = asksDetails(app.store.state.plan) ? new DetailsForm(app) : null;
    /** @type {string[]} what the student says is wrong in the record */
    this.corrections = [];
  }

  build() {
    const { visit } = this.app.store.state;
    this.drawRecord();
    this.drawConsent();
    return [
      h(
        "section",
        { class: "confirm__record" },
        h("h1", { tabindex: -1, text: visit?.unresolved ? "confirm.title_unknown" : "confirm.title" }),
        earlierLine(visit),
        // Of somebody whom no roster knows there is nothing to look at.
        !visit?.unresolved && this.record,
      ),
      this.panel,
    ];
  }

  drawRecord() {
    refill(this.record, recordTable(this.app.store.state.visit?.identity ?? null, this.corrections));
  }

  drawConsent() {
    const consent = h("p", { class: "consent__text", dir: "auto" });
    bindMessage(consent, this.app.store.state.plan?.consent?.text);
    refill(
      this.panel,
      h("h2", { text: "confirm.consent" }),
      h("div", { class: "consent", tabindex: 0, role: "region", label: "confirm.consent" }, consent),
      this.row,
      this.hint,
      this.problem,
      h(
        "div",
        { class: "panel__actions" },
        button({
          text: this.form ? "confirm.next" : "confirm.submit",
          icon: "arrow",
          rank: "primary",
          press: () => this.agreed(),
        }),
        button({ text: "confirm.wrong", icon: "cross", rank: "quiet", press: () => this.openCorrections() }),
      ),
    );
  }

  drawDetails() {
    refill(
      this.panel,
      h("h2", { tabindex: -1, text: "details.title" }),
      h("div", { class: "panel__scroll" }, this.form),
      this.problem,
      h(
        "div",
        { class: "panel__actions" },
        button({ text: "confirm.submit", icon: "arrow", rank: "primary", press: () => this.submit() }),
        button({ text: "details.back", icon: "back", rank: "quiet", press: () => this.drawConsent() }),
      ),
    );
    this.panel.querySelector("h2")?.focus();
  }

  ticked() {
    this.hint.hidden = true;
    this.row.classList.remove("tick--wanted");
  }

  async agreed() {
    if (!this.tick.checked) {
      // Say what is missing rather than offer a dead button.
      this.hint.hidden = false;
      this.row.classList.add("tick--wanted");
      this.tick.focus();
      return;
    }
    if (this.form) this.drawDetails();
    else await this.submit();
  }

  async submit() {
    if (this.form && !this.form.complete()) return;
    const version = this.app.store.state.plan?.consent?.version ?? "";
    const corrections = this.corrections.length ? { corrections: this.corrections } : {};
    const details = { ...this.form?.value, ...corrections };
    await this.app.actions.run(
      (api) => api.confirm(version, details),
      (problem) => {
        if (problem.code === "invalid-details") this.form?.refuse(problem.extra.fields ?? {});
        showProblem(this.problem, problem);
      },
    );
  }

  openCorrections() {
    openSheet(this.app, async () => {
      const { CorrectionsSheet } = await import("../sheets/corrections.js");
      return new CorrectionsSheet(this.app, this.corrections, (wrong) => {
        this.corrections = wrong;
        this.drawRecord();
      });
    });
  }
}

customElements.define("confirm-screen", ConfirmScreen);
