/** For a student without a code: the three ways to get one, turned towards the student. */

import { h } from "../dom.js";
import { Sheet } from "../elements/sheet.js";

const WAYS = [
  { title: "code_help.account", steps: ["code_help.account_1", "code_help.account_2", "code_help.account_3"] },
  { title: "code_help.app", steps: ["code_help.app_1", "code_help.app_2", "code_help.app_3"] },
  { title: "code_help.site", steps: ["code_help.site_1", "code_help.site_2", "code_help.site_3"] },
];

export class CodeHelpSheet extends Sheet {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app, "code_help.title", { wide: true, follows: (state) => state.visit?.state });
  }

  content() {
    return [
      h("p", { class: "sheet__lead", text: "code_help.lead" }),
      h(
        "div",
        { class: "ways" },
        WAYS.map(({ title, steps }) =>
          h(
            "section",
            { class: "way" },
            h("h3", { text: title }),
            h(
              "ol",
              {},
              steps.map((text) => h("li", { text })),
            ),
          ),
        ),
      ),
      h("p", { class: "quiet", text: "code_help.note" }),
    ];
  }
}

customElements.define("code-help-sheet", CodeHelpSheet);
