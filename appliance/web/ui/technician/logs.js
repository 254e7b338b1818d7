/** The last lines the station wrote, newest first; names and numbers were masked before they were kept. */

import { h, refill } from "../dom.js";
import { button } from "../elements/controls.js";
import { Problem } from "../problem.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";

export class LogsPart extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "part";
    this.lines = h("ol", { class: "log", tabindex: 0, label: "technician.logs" });
  }

  build() {
    return [
      h(
        "div",
        { class: "part__head" },
        h("p", { class: "quiet", text: "logs.lead" }),
        button({ text: "logs.again", icon: "retake", press: () => this.look() }),
      ),
      this.lines,
    ];
  }

  shown() {
    this.look();
  }

  async look() {
    try {
      const { lines } = await this.app.api.technician.logs();
      refill(
        this.lines,
        lines.map(({ at, level, event, more }) =>
          h(
            "li",
            { class: `log__line log__line--${shown(level)}` },
            h("time", {}, shown(at).slice(11, 19)),
            h("strong", {}, shown(level)),
            h("span", { dir: "auto" }, shown(event), more && h("span", { class: "quiet" }, ` ${shown(more)}`)),
          ),
        ),
      );
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.app.store.set({ problem: error });
    }
  }
}

customElements.define("logs-part", LogsPart);
