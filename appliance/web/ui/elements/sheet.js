/** A dialog over the page: native, so that focus stays inside, Escape closes it, and the page behind rests. */

import { h } from "../dom.js";
import { unreachable } from "../problem.js";
import { laterStyles } from "../styles.js";
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
    this.heading = title;
    this.options = options;
    this.dialog = h("dialog", {
      class: `sheet ${options.wide ? "sheet--wide" : ""}`,
      label: title,
      on: {
        close: () => this.remove(),
        // A tap beside the sheet closes it: only the dialog itself lies there.
        click: (/** @type {MouseEvent} */ event) => event.target === this.dialog && this.close(),
      },
    });
  }

  build() {
    this.dialog.replaceChildren(
      h(
        "div",
        { class: "sheet__head" },
        h("h2", { text: this.heading }),
        iconButton({ label: "sheet.close", icon: "cross", press: () => this.close() }),
      ),
      h("div", { class: "sheet__body" }, ...this.content()),
    );
    return [this.dialog];
  }

  /** @returns {Element[]} */
  content() {
    return [];
  }

  shown() {
    this.dialog.showModal();
    const { follows } = this.options;
    if (!follows) return;
    const before = follows(this.app.store.state);
    this.watch(["visit", "connection"], (state) => follows(state) !== before && this.close());
  }

  close() {
    this.dialog.close();
  }
}

/**
 * Open a sheet in place of the one that is open. Most are loaded when first wanted, so that the page itself stays light.
 * @param {import("../view.js").App} app
 * @param {() => Sheet|Promise<Sheet>} make
 */
export async function openSheet(app, make) {
  let sheet;
  try {
    [sheet] = await Promise.all([make(), laterStyles()]);
  } catch (error) {
    console.warn(error);
    app.store.set({ problem: unreachable() });
    return;
  }
  document.querySelector("dialog[open]")?.parentElement?.remove();
  document.body.append(sheet);
}
