/** Between visits: today's plan, how it goes, and the one next step. */

import { h, refill } from "../dom.js";
import { button } from "../elements/controls.js";
import { openSheet } from "../elements/sheet.js";
import { bindMessage } from "../i18n.js";
import { icon } from "../icons.js";
import { shown } from "../safe_text.js";
import { isWell, deviceRow } from "../sheets/devices.js";
import { View } from "../view.js";

export class TodayScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "screen screen--today";
    this.plan = h("div", { class: "plan" });
    this.tiles = h("div", { class: "tiles" });
    this.ill = h("ul", { class: "devices devices--ill" });
    this.next = h(
      "button",
      { type: "button", class: "next-student", on: { click: () => this.app.store.set({ page: "scan" }) } },
      h("span", { class: "next-student__emblem" }, icon("code")),
      h("span", { class: "next-student__words", text: "today.next" }),
      h("span", { class: "next-student__hint", text: "today.next_hint" }),
    );
  }

  build() {
    const guide = button({ text: "guide.title", icon: "help", rank: "quiet", press: () => this.openGuide() });
    return [h("section", { class: "today" }, this.plan, this.tiles, this.ill, guide), this.next];
  }

  openGuide() {
    openSheet(this.app, async () => {
      const { GuideSheet } = await import("../sheets/guide.js");
      return new GuideSheet(this.app, "photo");
    });
  }

  shown() {
    this.watch(["plan"], ({ plan }) => this.showPlan(plan ?? null));
    this.watch(["queue"], ({ queue }) => this.showQueue(queue));
    this.watch(["devices"], ({ devices }) => {
      const ill = (devices ?? []).filter((device) => !isWell(device));
      refill(this.ill, ill.map(deviceRow));
    });
  }

  /** @param {import("../types.js").Plan|null} plan */
  showPlan(plan) {
    const title = h("h1", { tabindex: -1, dir: "auto" });
    if (plan) bindMessage(title, plan.title);
    refill(
      this.plan,
      h("p", { class: "overline", text: "today.plan" }),
      plan ? title : h("h1", { tabindex: -1, text: "today.no_plan" }),
      plan
        ? h(
            "p",
            { class: "lead", dir: "auto" },
            [plan.school, plan.level, plan.type].filter(Boolean).map(shown).join(" · "),
          )
        : h("p", { class: "lead", text: "today.no_plan_lead" }),
    );
  }

  /** @param {import("../types.js").Queue|undefined} queue */
  showQueue(queue) {
    if (!queue) return;
    refill(
      this.tiles,
      tile("done", "queue.receipted", queue.receipted),
      tile("waiting", "queue.waiting", queue.waiting),
      tile("parked", "queue.parked", queue.parked),
    );
  }
}

/** @param {string} drawing @param {string} text @param {number} number */
function tile(drawing, text, number) {
  const urgent = drawing === "parked" && number > 0 ? "tile--urgent" : "";
  return h(
    "div",
    { class: `tile tile--${drawing} ${urgent}` },
    icon(drawing),
    h("strong", {}, String(number)),
    h("span", { text }),
  );
}

customElements.define("today-screen", TodayScreen);
