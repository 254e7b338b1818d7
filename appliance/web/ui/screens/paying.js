/** The fee: a large code that any phone may pay, how it stands, and the ways on when the platform cannot be reached. */

import { clockText, countDown } from "../countdown.js";
import { h, refill } from "../dom.js";
import { button } from "../elements/controls.js";
import { openSheet } from "../elements/sheet.js";
import { bindAttribute, bindMessage, bindText } from "../i18n.js";
import { icon } from "../icons.js";
import { payingSentence, secondsLeft, yuan } from "../payment.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";

/** @typedef {import("../types.js").Payment} Payment */

export class PayingScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "screen screen--paying";
    this.code = h("section", { class: "pay__code" });
    this.amount = h("p", { class: "pay__amount" });
    this.state = h("p", { class: "pay__state", role: "status" });
    this.left = h("p", { class: "quiet pay__left" });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.buttons = h("div", { class: "panel__actions" });
    this.shownCode = "";
    this.shownButtons = "";
    this.stopCounting = () => {};
  }

  build() {
    const identity = this.app.store.state.visit?.identity;
    return [
      this.code,
      h(
        "section",
        { class: "panel" },
        h("h1", { tabindex: -1, text: "pay.title" }),
        h("p", { class: "student-name", dir: "auto" }, shown(identity?.name)),
        this.amount,
        this.state,
        this.left,
        this.problem,
        h("p", { class: "pay__friend" }, icon("person"), h("span", { text: "pay.friend" })),
        h("p", { class: "quiet", text: "pay.once" }),
        this.buttons,
      ),
    ];
  }

  shown() {
    this.stops.push(() => this.stopCounting());
    this.watch(["visit"], ({ visit }) => visit?.payment && this.draw(visit.payment));
  }

  /** @param {Payment} payment */
  draw(payment) {
    this.amount.textContent = yuan(payment.amount_fen);
    bindText(this.state, sentence(payment));
    this.dataset.state = payment.state;
    bindMessage(this.problem, payment.error);
    this.problem.hidden = !payment.error;
    this.drawCode(payment);
    this.drawButtons(payment);
    this.stopCounting();
    const left = payment.state === "pending" ? secondsLeft(payment) : null;
    this.left.hidden = left === null;
    if (left !== null) {
      this.stopCounting = countDown(left, (now) => bindText(this.left, "pay.left", { time: clockText(now) }));
    }
  }

  /** Drawn anew only for another order: a code that flickers cannot be read. @param {Payment} payment */
  drawCode(payment) {
    const open = payment.state === "pending" && payment.qr;
    const key = open ? `${payment.pay_url}` : `${payment.state} ${Boolean(payment.error)}`;
    if (key === this.shownCode) return;
    this.shownCode = key;
    // The address makes the picture of a new order another one.
    const drawing = payment.error ? "cloudOff" : payment.state === "paid" ? "done" : "clock";
    const source = `${payment.qr}?${encodeURIComponent(payment.expires_at ?? "")}`;
    refill(
      this.code,
      open
        ? qrPicture(source)
        : h("div", { class: "pay__none" }, icon(drawing), h("p", { text: sentence(payment) })),
    );
  }

  /** @param {Payment} payment */
  drawButtons(payment) {
    const { actions } = this.app;
    const stuck = !payment.qr || payment.state !== "pending";
    const over = ["expired", "cancelled"].includes(payment.state) || Boolean(payment.error);
    const key = `${stuck} ${over} ${payment.offline} ${payment.state}`;
    if (key === this.shownButtons) return;
    this.shownButtons = key;
    const pay = (/** @type {(api: import("../api.js").Api) => Promise<unknown>} */ work) => actions.run(work);
    refill(
      this.buttons,
      over &&
        button({
          text: "pay.retry",
          icon: "retake",
          rank: "primary",
          press: () => pay((api) => api.payment.retry()),
        }),
      stuck &&
        payment.offline === "deferred" &&
        button({ text: "pay.defer", icon: "arrow", press: () => pay((api) => api.payment.defer()) }),
      stuck &&
        payment.offline === "voucher" &&
        button({ text: "pay.voucher", icon: "keyboard", press: () => this.openVoucher() }),
      payment.state === "pending" &&
        button({ text: "pay.cancel", icon: "cross", rank: "quiet", press: () => pay((api) => api.payment.cancel()) }),
    );
  }

  openVoucher() {
    openSheet(this.app, async () => {
      const { VoucherSheet } = await import("../sheets/voucher.js");
      return new VoucherSheet(this.app);
    });
  }
}

/** @param {string} source */
function qrPicture(source) {
  const picture = h("img", { class: "pay__qr", src: source });
  bindAttribute(picture, "alt", "pay.qr");
  return picture;
}

/** Nothing is being fetched any more once the station said why it could not. @param {Payment} payment */
function sentence(payment) {
  return payment.error && payment.state === "unpaid" ? "pay.no_code" : payingSentence(payment.state);
}

customElements.define("paying-screen", PayingScreen);
