/** The student shows the code: to the camera, to a scanner, as a picture, or typed. */

import { h } from "../dom.js";
import { button } from "../elements/controls.js";
import { LivePicture } from "../elements/live_picture.js";
import { pictureInput } from "../elements/picture_input.js";
import { openSheet } from "../elements/sheet.js";
import { icon } from "../icons.js";
import { View } from "../view.js";

const TIPS = [
  { drawing: "sun", text: "scan.tip_bright" },
  { drawing: "distance", text: "scan.tip_distance" },
  { drawing: "code", text: "scan.tip_whole" },
];

export class ScanScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "screen screen--stage";
    this.picture = pictureInput({
      label: "scan.picture",
      take: async (picture) => {
        await app.actions.idle();
        await app.actions.run((api) => api.codePicture(picture));
      },
      refuse: (problem) => app.store.set({ problem }),
    });
  }

  build() {
    return [
      h(
        "section",
        { class: "stage" },
        new LivePicture(this.app, { overlay: false }),
        h("div", { class: "finder", "aria-hidden": "true" }),
      ),
      h(
        "section",
        { class: "panel" },
        h("h1", { tabindex: -1, text: "scan.title" }),
        h("p", { class: "lead", text: "scan.lead" }),
        h(
          "ul",
          { class: "tips" },
          TIPS.map(({ drawing, text }) => h("li", {}, icon(drawing), h("span", { text }))),
        ),
        h(
          "div",
          { class: "panel__actions" },
          button({ text: "scan.picture", icon: "picture", press: () => this.picture.open() }),
          button({ text: "scan.typed", icon: "keyboard", press: () => this.openTyped() }),
          button({ text: "scan.no_code", icon: "help", rank: "quiet", press: () => this.openHelp() }),
          button({
            text: "scan.today",
            icon: "back",
            rank: "quiet",
            press: () => this.app.store.set({ page: "today" }),
          }),
        ),
        this.picture.field,
      ),
    ];
  }

  openTyped() {
    openSheet(this.app, async () => {
      const { TypedCodeSheet } = await import("../sheets/typed_code.js");
      return new TypedCodeSheet(this.app);
    });
  }

  openHelp() {
    openSheet(this.app, async () => {
      const { GuideSheet } = await import("../sheets/guide.js");
      return new GuideSheet(this.app, "code");
    });
  }
}

customElements.define("scan-screen", ScanScreen);
