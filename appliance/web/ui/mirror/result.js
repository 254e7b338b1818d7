/** What the student is asked and told after the shot. The buttons do what the tablet's do. */

import { h } from "../dom.js";
import { drawingOf } from "../drawings.js";
import { button } from "../elements/controls.js";
import { parted, plain } from "../elements/rule_list.js";
import { bindMessage } from "../i18n.js";
import { icon } from "../icons.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";

// More would not be read; the tablet has them all.
const MOST_RULES = 3;

/** The finished photo: content with it? */
export class AskScreen extends View {
  build() {
    this.className = "mirror-screen mirror-screen--result";
    const { visit } = this.app.store.state;
    const shot = /** @type {import("../types.js").Shot} */ (visit?.shot);
    const run = this.app.actions;
    return [
      h("img", { class: "mirror-photo", src: shot.after ?? shot.before, alt: "" }),
      h(
        "section",
        { class: "mirror-words" },
        h("h1", { text: "mirror.content" }),
        h("p", { class: "lead", dir: "auto" }, shown(visit?.identity?.name)),
        // Where the operator has to compare faces first, the student only asks for another.
        (visit?.face_match?.outcome ?? "same") === "same" &&
          button({
            text: "mirror.yes",
            icon: "check",
            rank: "primary",
            press: () => run.run((api) => api.accept(shot.id)),
          }),
        button({ text: "mirror.again", icon: "retake", press: () => run.run((api) => api.retake()) }),
      ),
    ];
  }
}

/** What to change before the next one. */
export class RefusedScreen extends View {
  build() {
    this.className = "mirror-screen mirror-screen--words";
    const verdict = this.app.store.state.visit?.shot?.verdict;
    const { wanting } = parted(verdict?.rules ?? []);
    return [
      h("h1", { text: "mirror.refused" }),
      h(
        "ul",
        { class: "mirror-rules" },
        wanting.slice(0, MOST_RULES).map((rule) => {
          const words = h("span");
          bindMessage(words, plain(rule.message));
          return h("li", {}, drawingOf(rule.id), words);
        }),
      ),
    ];
  }
}

/** Thanks, and the number to keep. */
export class DoneScreen extends View {
  build() {
    this.className = "mirror-screen mirror-screen--words";
    const { visit } = this.app.store.state;
    return [
      h("div", { class: "emblem emblem--good" }, icon("check")),
      h("h1", { text: "done.title" }),
      h("p", { class: "lead", text: "mirror.bye" }),
      h("p", { class: "receipt" }, h("span", { text: "done.number" }), h("code", {}, shown(visit?.capture_id))),
    ];
  }
}

customElements.define("mirror-ask", AskScreen);
customElements.define("mirror-refused", RefusedScreen);
customElements.define("mirror-done", DoneScreen);
