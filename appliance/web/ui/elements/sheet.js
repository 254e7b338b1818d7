/** A dialog over the page: native, so that focus stays inside, Escape closes it, and the page behind rests. */

import { h } from "../dom.js";
import { View } from "../view.js";
import { iconButton } from "./controls.js";

export class Sheet extends View {
  /**
   * @param {import("../view.js").App} app
   * @param {string} title key
   * @param {{wide?: boolean, follows?: (state: import("../types.js").State) => unknown}} [options]
   *   `follows`: the sheet closes by itself when this changes, such as the visit it belongs to
   */
  constructor(app, title, options = {}) {
    super(app);
    this.title_ = title;
    this.options = options;
  }

  build() {
    this.dialog = h(
      "dialog",
      { class: `sheet ${this.options.wide ? "sheet--wide" : ""}`, label: this.title_, on: { close: () => this.remove() } },
      h(
        "header",
        { class: "sheet__head" },
        h("h2", { text: this.title_ }),
        iconButton({ label: "sheet.close", icon: "cross", press: () => this.close() }),
      ),
      h("div", { class: "sheet__body" }, ...this.content()),
    );
    // A tap beside the sheet closes it: only the dialog itself lies there.
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.close());
    return [this.dialog];
  }

  /** @returns {Element[]} */
  content() {
    return [];
  }

  shown() {
    this.dialog?.showModal();
    const { follows } = this.options;
    if (!follows) return;
    const before = follows(this.app.store.state);
    this.watch(["visit", "connection"], (state) => follows(state) !== before && this.close());
  }

  close() {
    this.dialog?.close();
  }
}

/** @param {Sheet} sheet */
export function openSheet(sheet) {
  document.querySelector("dialog[open]")?.parentElement?.remove();
  document.body.append(sheet);
}
