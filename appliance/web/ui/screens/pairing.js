/** A tablet is paired once, by the code the station shows. */

import { h } from "../dom.js";
import { button, problemLine, showProblem } from "../elements/controls.js";
import { KeyPad } from "../elements/key_pad.js";
import { icon } from "../icons.js";
import { pair } from "../pairing.js";
import { View } from "../view.js";

// Six digits (appliance/web/access.py).
const LENGTH = 6;

export class PairingScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "screen screen--split";
    this.problem = problemLine();
    this.pad = new KeyPad(this.app, {
      label: "pairing.field",
      length: LENGTH,
      onEnter: () => this.submit(),
      onChange: () => this.pad.complete && (this.problem.hidden = true),
    });
  }

  build() {
    return [
      h(
        "section",
        { class: "intro" },
        h("div", { class: "emblem emblem--accent" }, icon("lock")),
        h("h1", { tabindex: -1, text: "pairing.title" }),
        h("p", { class: "lead", text: "pairing.lead" }),
        h("p", { class: "quiet where", text: "pairing.where" }),
      ),
      h(
        "section",
        { class: "panel panel--form" },
        this.pad,
        this.problem,
        button({ text: "pairing.submit", icon: "arrow", rank: "primary", press: () => this.submit() }),
      ),
    ];
  }

  async submit() {
    const code = this.pad.value;
    if (!code) return;
    await pair(this.app, code, (problem) => {
      this.pad.clear();
      showProblem(this.problem, problem);
    });
  }
}

customElements.define("pairing-screen", PairingScreen);
