/** Accepted: safe on the station, on its way, received. The student may photograph this; the next one may begin. */

import { h, refill } from "../dom.js";
import { button } from "../elements/controls.js";
import { bindText, language } from "../i18n.js";
import { icon } from "../icons.js";
import { payingSentence, yuan } from "../payment.js";
import { when } from "../record_state.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";

export class DoneScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "screen screen--done";
    this.captureId = app.store.state.visit?.capture_id ?? null;
    /** @type {string|null} */
    this.receipt = null;
    this.asking = false;
    this.progress = h("ol", { class: "journey" });
    this.subtitle = h("p", { class: "lead" });
  }

  build() {
    const { visit } = this.app.store.state;
    const photo = visit?.shot?.after;
    const image = photo ? h("img", { class: "done__photo", src: photo, alt: "" }) : null;
    return [
      image ?? h("div", { class: "done__photo done__photo--none" }, icon("done")),
      h(
        "section",
        { class: "done__words" },
        h(
          "div",
          { class: "done__head" },
          h("div", { class: "emblem emblem--good" }, icon("check")),
          h(
            "div",
            {},
            h("h1", { tabindex: -1, text: "done.title" }),
            h("p", { class: "student-name", dir: "auto" }, shown(visit?.identity?.name)),
          ),
        ),
        this.subtitle,
        this.progress,
        this.slip(),
        h(
          "div",
          { class: "panel__actions" },
          button({ text: "done.next", icon: "arrow", rank: "primary", press: () => this.next() }),
          h("p", { class: "quiet", text: "done.next_hint" }),
        ),
      ),
    ];
  }

  /** What a student photographs to have something in hand: number, photo's owner, school, time, fee, whom to ask. */
  slip() {
    const { visit, plan } = this.app.store.state;
    const { identity, payment } = visit ?? {};
    const paid = payment && payment.state !== "free";
    /** @type {Array<[string, string|null|undefined]>} */
    const rows = [
      ["record.student_number", identity?.student_number],
      ["record.school", identity?.school],
      ["done.time", when(new Date().toISOString(), language())],
      ["done.ask", plan?.service?.phone],
    ];
    return h(
      "section",
      { class: "slip", label: "done.slip" },
      h("p", { class: "receipt" }, h("span", { text: "done.number" }), h("code", {}, shown(this.captureId))),
      h(
        "dl",
        { class: "facts" },
        rows
          .filter(([, value]) => value)
          .flatMap(([text, value]) => [h("dt", { text }), h("dd", { dir: "auto" }, shown(value))]),
        paid && [
          h("dt", { text: "done.fee" }),
          h("dd", {}, `${yuan(payment.amount_fen)} `, h("span", { text: payingSentence(payment.state) })),
        ],
      ),
      h("p", { class: "quiet", text: "done.keep" }),
    );
  }

  shown() {
    this.watch(["queue", "connection"], (state) => this.update(state));
  }

  /** @param {import("../types.js").State} state */
  async update({ queue, connection }) {
    const last = queue?.last_receipt;
    if (last && last.capture_id === this.captureId) this.receipt = last.receipt_id;
    this.draw(queue);
    // The last receipt may already be another student's: the capture itself knows.
    if (this.receipt || !this.captureId || connection !== "live" || this.asking) return;
    this.asking = true;
    const capture = await this.app.api.capture(this.captureId).catch(() => null);
    this.asking = false;
    if (!capture?.receipt) return;
    this.receipt = shown(capture.receipt.receipt_id ?? capture.receipt.id);
    this.draw(this.app.store.state.queue);
  }

  /** @param {import("../types.js").Queue|undefined} queue */
  draw(queue) {
    const received = Boolean(this.receipt);
    const parked = queue?.parked_items?.find((item) => item.capture_id === this.captureId);
    bindText(
      this.subtitle,
      received ? "done.received" : parked ? "done.parked" : queue?.online ? "done.on_its_way" : "done.safe",
    );
    refill(
      this.progress,
      step("done", "done.step_kept"),
      step(received ? "done" : parked ? "parked" : "going", "done.step_sent"),
      step(received ? "done" : "ahead", "done.step_received", this.receipt),
    );
    this.dataset.received = String(received);
  }

  async next() {
    this.app.store.set({ page: "scan" });
    await this.app.actions.run((api) => api.next());
  }
}

/** @param {"done"|"going"|"parked"|"ahead"} state @param {string} text @param {string|null} [detail] */
function step(state, text, detail) {
  const drawing = state === "done" ? "check" : state === "parked" ? "warning" : "waiting";
  return h(
    "li",
    { class: `journey__step journey__step--${state}` },
    h("span", { class: "journey__mark" }, icon(drawing)),
    h("span", { text }),
    detail && h("code", { class: "journey__detail" }, shown(detail)),
  );
}

/** While the capture is written: short, but a person must see that the tap was heard. */
export class SavingScreen extends View {
  build() {
    this.className = "screen screen--centre";
    return [
      h("div", { class: "emblem emblem--calm emblem--busy" }, icon("waiting")),
      h("h1", { tabindex: -1, text: "saving.title" }),
      h("p", { class: "lead", text: "saving.lead" }),
    ];
  }
}

customElements.define("done-screen", DoneScreen);
customElements.define("saving-screen", SavingScreen);
