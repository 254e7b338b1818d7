/** Before the first snapshot: the page is here, the station has not answered yet. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { View } from "../view.js";

export class StartingScreen extends View {
  build() {
    this.className = "screen screen--centre";
    return [
      h("div", { class: "emblem emblem--calm" }, icon("stage")),
      h("h1", { tabindex: -1, text: "starting.title" }),
      h("p", { class: "lead", text: "starting.lead" }),
    ];
  }
}

customElements.define("starting-screen", StartingScreen);
