/** Before and between: welcome the next student, or tell this one where to look. */

import { h } from "../dom.js";
import { LivePicture } from "../elements/live_picture.js";
import { icon } from "../icons.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";

/** Nobody yet: show the code to the camera, seen as in a mirror. */
export class WelcomeScreen extends View {
  build() {
    this.className = "mirror-screen mirror-screen--stage";
    return [
      new LivePicture(this.app, { overlay: false }),
      h("div", { class: "finder", "aria-hidden": "true" }),
      h(
        "div",
        { class: "guidance", "data-ready": "false" },
        h("h1", { class: "guidance__words", text: "mirror.welcome" }),
        h("p", { text: "scan.lead" }),
      ),
    ];
  }
}

/**
 * One sentence, and whose turn it is.
 * @param {import("../view.js").App} app
 * @param {string} text
 */
export function waiting(app, text) {
  const name = app.store.state.visit?.identity?.name;
  return h(
    "section",
    { class: "mirror-screen mirror-screen--words" },
    h("div", { class: "emblem emblem--accent" }, icon("person")),
    name && h("p", { class: "student-name", dir: "auto" }, shown(name)),
    h("h1", { text }),
  );
}

customElements.define("mirror-welcome", WelcomeScreen);
