/** What waits, as one sealed archive that only the platform can open: for a day on which no network comes. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { bindText } from "../i18n.js";
import { View } from "../view.js";

export class ExportPart extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "part";
    this.waiting = h("p", { class: "lead" });
    this.link = h(
      "a",
      { class: "button button--primary", href: "/api/technician/export", download: "" },
      icon("down"),
      h("span", { text: "export.save" }),
    );
  }

  build() {
    return [
      this.waiting,
      h("p", { class: "quiet", text: "export.lead" }),
      this.link,
      h("p", { class: "quiet", text: "export.after" }),
    ];
  }

  shown() {
    this.watch(["queue"], ({ queue }) => {
      const waiting = queue?.waiting ?? 0; // parked captures are among them
      bindText(this.waiting, waiting ? "export.waiting" : "export.nothing", {
        n: waiting,
        mb: ((queue?.bytes_waiting ?? 0) / 1e6).toFixed(1),
      });
      this.link.hidden = waiting === 0;
    });
  }
}

customElements.define("export-part", ExportPart);
