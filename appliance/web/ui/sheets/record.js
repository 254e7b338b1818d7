/** One capture: photo, state, why it came back, and what can be done about it. */

import { h, refill } from "../dom.js";
import { button, problemLine, showProblem } from "../elements/controls.js";
import { Sheet, openSheet } from "../elements/sheet.js";
import { bindMessage, language } from "../i18n.js";
import { icon } from "../icons.js";
import { KEPT_STATES, when } from "../record_state.js";
import { shown } from "../safe_text.js";

/** @typedef {import("../types.js").Kept} Kept */

/** @type {Record<string, string>} */
const WITHDRAWALS = {
  queued: "kept.withdrawal_queued",
  "too-late": "kept.withdrawal_late",
  failed: "kept.withdrawal_failed",
};
/** @type {Array<{id: import("../station.d.ts").WithdrawBody["reason"], text: string}>} */
const REASONS = [
  { id: "student-wish", text: "withdraw.student_wish" },
  { id: "better-photo", text: "withdraw.better_photo" },
  { id: "record-wrong", text: "withdraw.record_wrong" },
  { id: "wrong-person", text: "withdraw.wrong_person" },
];

export class RecordSheet extends Sheet {
  /** @param {import("../view.js").App} app @param {Kept} record @param {() => void} changed */
  constructor(app, record, changed) {
    super(app, "kept.title", { wide: true });
    this.record = record;
    this.changed = changed;
    this.problem = problemLine();
    this.body = h("div", { class: "kept-sheet" });
  }

  content() {
    this.draw();
    return [this.body, this.problem];
  }

  draw() {
    const { record } = this;
    const state = KEPT_STATES[record.state];
    const { identity } = record;
    refill(
      this.body,
      record.photo
        ? h("img", { class: "kept-sheet__photo", src: record.photo, alt: "" })
        : h(
            "div",
            { class: "kept-sheet__photo kept-sheet__photo--none" },
            icon("person"),
            h("p", { text: "kept.no_photo" }),
          ),
      h(
        "div",
        { class: "kept-sheet__words" },
        h(
          "div",
          { class: "kept-sheet__head" },
          h("strong", { dir: "auto" }, shown(identity?.name)),
          h("span", { class: `tag tag--${state.look}`, text: state.text }),
        ),
        record.withdrawal &&
          h("p", { class: "quiet", text: WITHDRAWALS[record.withdrawal] ?? "kept.withdrawal_failed" }),
        this.reasons(),
        facts([
          ["record.student_number", identity?.student_number],
          ["record.number", identity?.number],
          ["record.class_name", identity?.class_name],
          ["kept.accepted_at", when(record.accepted_at, language())],
          ["done.number", record.capture_id],
          ["kept.receipt", record.receipt_id],
        ]),
        record.exception && h("p", { class: "tag tag--warn", text: "kept.exception" }),
        record.source === "album" && h("p", { class: "tag", text: "kept.album" }),
        h("div", { class: "panel__actions" }, this.buttons()),
      ),
    );
  }

  reasons() {
    const { reasons } = this.record;
    if (!reasons.length) return null;
    return h(
      "div",
      { class: "kept-sheet__reasons" },
      h("h3", { text: "kept.why" }),
      h(
        "ul",
        {},
        reasons.map(({ message }) => {
          const line = h("li");
          bindMessage(line, message);
          return line;
        }),
      ),
    );
  }

  buttons() {
    const { record } = this;
    const { session } = this.app.store.state;
    const again = ["refused", "withdrawn"].includes(record.state);
    const withdrawable = ["waiting", "parked", "sent", "reviewing"].includes(record.state) && !record.withdrawal;
    const technician = !session?.needed || session.operator?.role === "technician";
    return [
      again && button({ text: "kept.again", icon: "retake", rank: "primary", press: () => this.again() }),
      again && h("p", { class: "quiet", text: "kept.again_hint" }),
      withdrawable && button({ text: "kept.withdraw", icon: "back", press: () => this.withdraw() }),
      record.state === "accepted" && h("p", { class: "quiet", text: "kept.locked" }),
      button({ text: "kept.report", icon: "warning", rank: "quiet", press: () => this.report() }),
      technician && button({ text: "kept.forget", icon: "erase", rank: "quiet", press: () => this.forget() }),
    ];
  }

  /** The student shows the code as always; the station knows the earlier photo and asks for no money. */
  again() {
    this.close();
    this.app.store.set({ page: "scan" });
  }

  withdraw() {
    this.ask("withdraw.lead", REASONS, (reason) => this.app.api.records.withdraw(this.record.capture_id, reason));
  }

  forget() {
    const sure = [{ id: "yes", text: "kept.forget_yes" }];
    this.ask("kept.forget_lead", sure, () => this.app.api.records.forget(this.record.capture_id));
  }

  report() {
    openSheet(this.app, async () => {
      const { ReportSheet } = await import("./report.js");
      return new ReportSheet(this.app, this.record.capture_id);
    });
  }

  /**
   * A second, deliberate tap in place of the buttons.
   * @template {string} C
   * @param {string} lead @param {Array<{id: C, text: string}>} choices @param {(id: C) => Promise<unknown>} work
   */
  ask(lead, choices, work) {
    refill(
      this.body,
      h("p", { class: "sheet__lead", text: lead }),
      h(
        "div",
        { class: "choices" },
        choices.map(({ id, text }) =>
          h("button", {
            type: "button",
            class: "choice",
            "data-act": true,
            text,
            on: { click: () => this.act(() => work(id)) },
          }),
        ),
      ),
      button({ text: "kept.keep", icon: "back", rank: "quiet", press: () => this.draw() }),
    );
    this.body.querySelector("button")?.focus();
  }

  /** @param {() => Promise<unknown>} work */
  async act(work) {
    const done = await this.app.actions.run(work, (problem) => {
      this.draw();
      showProblem(this.problem, problem);
    });
    if (!done) return;
    this.changed();
    this.close();
  }
}

/** @param {Array<[string, string|null|undefined]>} rows */
function facts(rows) {
  return h(
    "dl",
    { class: "facts" },
    rows
      .filter(([, value]) => value)
      .flatMap(([text, value]) => [h("dt", { text }), h("dd", { dir: "auto" }, shown(value))]),
  );
}

customElements.define("record-sheet", RecordSheet);
