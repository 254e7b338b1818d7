/** The payment code towards the student, as large as the display allows. */

import { h } from "../dom.js";
import { payingSentence, yuan } from "../payment.js";
import { bindAttribute, bindText } from "../i18n.js";
import { View } from "../view.js";

export class PayingScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "mirror-screen mirror-screen--words";
    this.code = h("img", { class: "pay__qr" });
    bindAttribute(this.code, "alt", "pay.qr");
    this.state = h("p", { class: "lead" });
  }

  build() {
    const { payment } = this.app.store.state.visit ?? {};
    return [
      h("h1", { text: "pay.scan", values: { amount: yuan(payment?.amount_fen ?? 0) } }),
      this.code,
      this.state,
      h("p", { class: "lead", text: "pay.friend" }),
    ];
  }

  shown() {
    this.watch(["visit"], ({ visit }) => {
      const payment = visit?.payment;
      if (!payment) return;
      const open = payment.state === "pending" && payment.qr;
      this.code.hidden = !open;
      const source = `${payment.qr}?${encodeURIComponent(payment.expires_at ?? "")}`;
      if (open && this.code.getAttribute("src") !== source) this.code.src = source;
      bindText(this.state, payingSentence(payment.state));
    });
  }
}

customElements.define("mirror-paying", PayingScreen);
