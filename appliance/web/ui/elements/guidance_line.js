/** The one instruction of the moment, in very large type over the picture. */

import { h } from "../dom.js";
import { bindMessage, bindText } from "../i18n.js";
import { View } from "../view.js";

export class GuidanceLine extends View {
  build() {
    this.className = "guidance";
    this.setAttribute("role", "status");
    this.words = h("p", { class: "guidance__words", text: "framing.look" });
    this.said = "";
    return [this.words];
  }

  /** @param {import("../types.js").Guidance|null} guidance */
  show(guidance) {
    const words = /** @type {HTMLElement} */ (this.words);
    // Written only when it changes: a live region would otherwise be read aloud fifteen times a second.
    const key = guidance ? `${guidance.ready} ${guidance.message.zh}` : "";
    if (key === this.said) return;
    this.said = key;
    this.dataset.ready = String(guidance?.ready ?? false);
    if (guidance) bindMessage(words, guidance.message);
    else bindText(words, "framing.look");
  }

  /** While the still is taken and judged. */
  working() {
    this.said = "working";
    this.dataset.ready = "true";
    bindText(/** @type {HTMLElement} */ (this.words), "framing.working");
  }
}

customElements.define("guidance-line", GuidanceLine);
