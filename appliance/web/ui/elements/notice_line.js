/** A passing message: what was refused or noticed where no form waits for the answer. */

import { h } from "../dom.js";
import { bindMessage } from "../i18n.js";
import { icon } from "../icons.js";
import { View } from "../view.js";
import { iconButton } from "./controls.js";

const STAYS_MS = 9_000;

export class NoticeLine extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "notice";
    this.setAttribute("role", "alert");
    this.hidden = true;
    this.timer = 0;
    /** Said of a page that is out of date: the newer state that follows must not take it away. */
    this.outlasts = false;
    this.line = h("p", { class: "notice__words" });
  }

  build() {
    return [
      icon("warning"),
      this.line,
      iconButton({ label: "notice.close", icon: "cross", press: () => this.dismiss() }),
    ];
  }

  shown() {
    this.watch(["problem"], ({ problem }) => {
      if (!problem) return this.dismiss();
      this.say(problem.words);
      this.outlasts = problem.code === "stale-visit";
    });
    this.watch(["notice"], ({ notice }) => notice && this.say(notice));
    // What was refused a step ago says nothing about this one.
    let step = this.app.store.state.visit?.state;
    this.watch(["visit"], ({ visit }) => {
      if (visit?.state === step) return;
      step = visit?.state;
      if (step !== "fault" && !this.outlasts) this.dismiss();
      this.outlasts = false;
    });
  }

  /** @param {import("../i18n.js").Said} message */
  say(message) {
    bindMessage(this.line, message);
    this.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.dismiss(), STAYS_MS);
  }

  dismiss() {
    clearTimeout(this.timer);
    this.hidden = true;
  }
}

customElements.define("notice-line", NoticeLine);
