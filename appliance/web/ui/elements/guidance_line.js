/** The one instruction of the moment, in very large type over the picture. */

import { h } from "../dom.js";
import { bindMessage, bindText } from "../i18n.js";
import { View } from "../view.js";

export class GuidanceLine extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "guidance";
    this.setAttribute("role", "status");
    this.words = h("p", { class: "guidance__words", text: "framing.look" });
    /** What stands there now, in either language. */
    this.showing = "";
  }

  build() {
    return [this.words];
  }

  /** @param {import("../types.js").Guidance|null} guidance */
  show(guidance) {
    // Written only when it changes: a live region would otherwise be read aloud fifteen times a second.
    const key = guidance ? `${guidance.ready} ${guidance.message.zh}` : "";
    if (key === this.showing) return;
    this.showing = key;
    this.dataset.ready = String(guidance?.ready ?? false);
    if (guidance) bindMessage(this.words, guidance.message);
    else bindText(this.words, "framing.look");
  }

  /** While the still is taken and judged. */
  working() {
    if (this.showing === "working") return;
    this.showing = "working";
    this.dataset.ready = "true";
    bindText(this.words, "framing.working");
  }
}

customElements.define("guidance-line", GuidanceLine);
