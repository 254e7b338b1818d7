/** Between visits: today's plan, how it goes, and the one next step. */

import { h, refill } from "../dom.js";
import { button } from "../elements/controls.js";
import { HealthStrip } from "../elements/health_strip.js";
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
    this.tiles = h("div", { class: "tiles tiles--four" });
    this.ill = h("ul", { class: "devices devices--ill" });
    this.ways = h("nav", { class: "today__ways", label: "today.ways" });
    this.next = h("button", { type: "button", class: "next-student", on: { click: () => this.begin() } });
  }

  build() {
    const strip = new HealthStrip(this.app);
    return [h("section", { class: "today" }, this.plan, this.tiles, strip, this.ill, this.ways), this.next];
  }

  /** The next student; before there is a plan, the plan. */
  begin() {
    if (this.app.store.state.plan) this.app.store.set({ page: "scan" });
    else this.openPlans();
  }

  openGuide() {
    openSheet(this.app, async () => {
      const { GuideSheet } = await import("../sheets/guide.js");
      return new GuideSheet(this.app, "photo");
    });
  }

  openPlans() {
    openSheet(this.app, async () => {
      const { PlansSheet } = await import("../sheets/plans.js");
      return new PlansSheet(this.app);
    });
  }

  shown() {
    this.watch(["plan"], ({ plan }) => {
      this.showPlan(plan ?? null);
      this.showNext(Boolean(plan));
    });
    this.watch(["counters", "queue"], (state) => this.showCounters(state));
    this.watch(["devices", "health"], ({ devices, health }) => {
      // What the strip already says is not said twice.
      const told = health?.length ? ["camera", "lamps"] : [];
      const ill = (devices ?? []).filter((device) => !isWell(device) && !told.includes(device.name));
      refill(this.ill, ill.map(deviceRow));
    });
    this.watch(["session"], ({ session }) => this.showWays(session));
  }

  /** @param {import("../types.js").Session|undefined} session */
  showWays(session) {
    const go = (/** @type {"records"|"technician"} */ page) => () => this.app.store.set({ page });
    const technician = !session?.needed || session.operator?.role === "technician";
    refill(
      this.ways,
      button({ text: "records.title", icon: "list", press: go("records") }),
      button({ text: "guide.title", icon: "help", press: () => this.openGuide() }),
      technician && button({ text: "technician.title", icon: "wrench", press: go("technician") }),
    );
  }

  /** @param {boolean} planned */
  showNext(planned) {
    this.next.toggleAttribute("data-waits", !planned);
    refill(
      this.next,
      h("span", { class: "next-student__emblem" }, icon(planned ? "code" : "list")),
      h("span", { class: "next-student__words", text: planned ? "today.next" : "today.choose_plan" }),
      h("span", { class: "next-student__hint", text: planned ? "today.next_hint" : "today.choose_plan_hint" }),
    );
  }

  /** @param {import("../types.js").Plan|null} plan */
  showPlan(plan) {
    const title = h("h1", { tabindex: -1, dir: "auto" });
    if (plan) bindMessage(title, plan.title);
    const other = h("button", {
      type: "button",
      class: "button button--quiet plan__other",
      text: "plans.other",
      on: { click: () => this.openPlans() },
    });
    refill(
      this.plan,
      h("div", { class: "plan__head" }, h("p", { class: "overline", text: "today.plan" }), other),
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

  /** @param {import("../types.js").State} state */
  showCounters({ counters, queue }) {
    if (!queue && !counters) return;
    const done = counters?.done ?? queue?.receipted ?? 0;
    const waiting = counters?.waiting ?? queue?.waiting ?? 0;
    const recalled = counters?.recalled ?? 0;
    refill(
      this.tiles,
      tile("done", "today.done", done),
      tile("waiting", "queue.waiting", waiting),
      tile("cross", "today.refused", counters?.refused ?? 0),
      tile("retake", "today.recalled", recalled, recalled > 0),
    );
  }
}

/** @param {string} drawing @param {string} text @param {number} number @param {boolean} [urgent] */
function tile(drawing, text, number, urgent = false) {
  return h(
    "div",
    { class: `tile tile--${drawing} ${urgent ? "tile--urgent" : ""}` },
    icon(drawing),
    h("strong", {}, String(number)),
    h("span", { text }),
  );
}

customElements.define("today-screen", TodayScreen);
