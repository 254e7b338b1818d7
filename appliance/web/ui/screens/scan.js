/** The student shows the code: to the camera, to a scanner, as a picture, or typed. */

import { h } from "../dom.js";
import { button } from "../elements/controls.js";
import { LivePicture } from "../elements/live_picture.js";
import { openSheet } from "../elements/sheet.js";
import { icon } from "../icons.js";
import { Problem } from "../problem.js";
import { View } from "../view.js";

// What the station takes (appliance/web/routers/visit.py).
const LARGEST = 20_000_000;
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
    this.file = h("input", {
      type: "file",
      class: "visually-hidden",
      accept: "image/*",
      tabindex: -1,
      label: "scan.picture",
      on: { change: () => this.readPicture() },
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
          button({ text: "scan.picture", icon: "picture", press: () => this.file.click() }),
          button({ text: "scan.typed", icon: "keyboard", press: () => this.openTyped() }),
          button({ text: "scan.no_code", icon: "help", rank: "quiet", press: () => this.openHelp() }),
          button({
            text: "scan.today",
            icon: "back",
            rank: "quiet",
            press: () => this.app.store.set({ page: "today" }),
          }),
        ),
        this.file,
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

  async readPicture() {
    const picture = this.file.files?.[0];
    if (!picture) return;
    const wrong = whyNot(picture);
    if (wrong) this.app.store.set({ problem: wrong });
    else {
      await this.app.actions.idle();
      await this.app.actions.run((api) => api.codePicture(picture));
    }
    // The same file chosen again must be read again.
    this.file.value = "";
  }
}

/**
 * What can be said before a long upload; the station looks again.
 * @param {File} picture
 */
function whyNot(picture) {
  const mb = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);
  if (!picture.type.startsWith("image/")) return new Problem("not-a-picture", { key: "error.not_a_picture" });
  if (picture.size <= LARGEST) return null;
  return new Problem("too-large", { key: "error.too_large", values: { mb: mb(picture.size), limit: mb(LARGEST) } });
}

customElements.define("scan-screen", ScanScreen);
