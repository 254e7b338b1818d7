/** The student answers for the code: last four, student number, or the ID card shown to the tablet's camera. */

import { clockText, countDown } from "../countdown.js";
import { h, refill } from "../dom.js";
import { button, problemLine, showProblem } from "../elements/controls.js";
import { earlierLine } from "../elements/earlier_line.js";
import { KeyPad } from "../elements/key_pad.js";
import { pictureInput } from "../elements/picture_input.js";
import { bindText } from "../i18n.js";
import { icon } from "../icons.js";
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
const ID_CARD = { title: "verify.id_card", hint: "verify.id_card_hint" };

export class VerifyScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "screen screen--split";
    const asked = app.store.state.plan?.verification;
    this.byCard = asked === "id_card";
    this.question = asked === "student_number" ? STUDENT_NUMBER : LAST_FOUR;
    this.problem = problemLine();
    this.tries = h("p", { class: "quiet", hidden: true });
    this.panel = h("section", { class: "panel panel--form" });
    this.paused = false;
    this.stopCounting = () => {};
    const { question } = this;
    this.submitButton = button({ text: "verify.submit", icon: "arrow", rank: "primary", press: () => this.submit() });
    this.pad = new KeyPad(this.app, {
      label: question.field,
      length: question.length,
      extra: question.extra,
      onEnter: () => this.submit(),
      onChange: () => this.changed(),
    });
    this.card = pictureInput({
      label: "verify.card_take",
      capture: true,
      take: (picture) => this.showCard(picture),
      refuse: (problem) => showProblem(this.problem, problem),
    });
  }

  build() {
    const { visit } = this.app.store.state;
    const { title, hint } = this.byCard ? ID_CARD : this.question;
    this.ask();
    return [
      h(
        "section",
        { class: "intro" },
        h("p", { class: "overline", text: "verify.hello" }),
        h("p", { class: "student-name", dir: "auto" }, shown(visit?.identity?.name)),
        h("h1", { tabindex: -1, text: title }),
        h("p", { class: "lead", text: hint }),
        this.tries,
        earlierLine(visit),
      ),
      this.panel,
      ...(this.byCard ? [this.card.field] : []),
    ];
  }

  shown() {
    this.stops.push(() => this.stopCounting());
    this.watch(["visit"], ({ visit }) => {
      if (typeof visit?.tries_left === "number") {
        bindText(this.tries, "verify.tries_left", { n: visit.tries_left });
        this.tries.hidden = false;
      }
      if (visit?.retry_after && !this.paused) this.pause(visit.retry_after);
    });
  }

  /** The panel as it is while answers are taken. */
  ask() {
    if (!this.byCard) refill(this.panel, this.pad, this.problem, this.submitButton);
    else {
      refill(
        this.panel,
        h("div", { class: "card-drawing", "aria-hidden": "true" }, icon("idCard")),
        h("p", { class: "lead", text: "verify.card_how" }),
        this.problem,
        button({ text: "verify.card_take", icon: "camera", rank: "primary", press: () => this.card.open() }),
        h("p", { class: "quiet", text: "verify.card_kept" }),
      );
    }
  }

  /** After too many wrong answers: how long, and what else can be done. @param {number} seconds */
  pause(seconds) {
    this.paused = true;
    const left = h("p", { class: "pause__clock", role: "timer" });
    refill(
      this.panel,
      h("div", { class: "emblem emblem--calm" }, icon("lock")),
      h("h2", { text: "verify.pause" }),
      left,
      h("p", { class: "quiet", text: "verify.pause_lead" }),
    );
    this.stopCounting();
    this.stopCounting = countDown(
      seconds,
      (now) => (left.textContent = clockText(now)),
      () => {
        this.paused = false;
        this.problem.hidden = true;
        this.ask();
      },
    );
  }

  changed() {
    this.submitButton.disabled = !this.pad.complete;
    if (this.pad.value) this.problem.hidden = true;
  }

  async submit() {
    if (!this.pad.complete || this.paused) return;
    await this.app.actions.run(
      (api) => api.verify(this.pad.value),
      (problem) => {
        this.pad.clear();
        this.refused(problem);
      },
    );
  }

  /** @param {File} picture */
  async showCard(picture) {
    this.problem.hidden = true;
    await this.app.actions.idle();
    await this.app.actions.run(
      (api) => api.idCard(picture),
      (problem) => this.refused(problem),
    );
  }

  /** @param {import("../problem.js").Problem} problem */
  refused(problem) {
    showProblem(this.problem, problem);
    if (problem.extra.retry_after) this.pause(problem.extra.retry_after);
  }
}

customElements.define("verify-screen", VerifyScreen);
