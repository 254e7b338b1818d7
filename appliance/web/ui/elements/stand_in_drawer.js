/** On a station without devices: who sits before the camera, whose code is held up, and the foot switch. Not a real control. */

import { h, refill } from "../dom.js";
import { bindMessage } from "../i18n.js";
import { icon } from "../icons.js";
import { Problem } from "../problem.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";
import { iconButton } from "./controls.js";

export class StandInDrawer extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "stand-in";
    this.tab = h(
      "button",
      {
        type: "button",
        class: "chip stand-in__tab",
        label: "stand_in.tab",
        "aria-expanded": "false",
        on: { click: () => this.toggle(true) },
      },
      icon("person"),
      h("span", { text: "stand_in.tab" }),
    );
    this.people = h("div", { class: "choices choices--small" });
    this.students = h("div", { class: "choices choices--small" });
    this.file = h("input", {
      type: "file",
      class: "visually-hidden",
      accept: "image/*",
      tabindex: -1,
      label: "stand_in.own",
      on: { change: () => this.own() },
    });
    this.drawer = h(
      "aside",
      { class: "stand-in__drawer", label: "stand_in.title", hidden: true },
      h(
        "div",
        { class: "sheet__head" },
        h("h2", { text: "stand_in.title" }),
        iconButton({ label: "sheet.close", icon: "cross", press: () => this.toggle(false) }),
      ),
      h(
        "div",
        { class: "stand-in__body" },
        h("p", { class: "quiet", text: "stand_in.lead" }),
        h("h3", { text: "stand_in.codes" }),
        this.students,
        h("h3", { text: "stand_in.people" }),
        this.people,
        this.file,
      ),
      h(
        "div",
        { class: "stand-in__foot" },
        h(
          "button",
          {
            type: "button",
            class: "button button--secondary",
            on: { click: () => this.act((api) => api.standIn.press()) },
          },
          icon("foot"),
          h("span", { text: "stand_in.press" }),
        ),
      ),
    );
  }

  build() {
    return [this.drawer];
  }

  shown() {
    // With the other chips, where it covers nothing of the picture.
    document.querySelector(".status-bar__station")?.append(this.tab);
    this.stops.push(() => this.tab.remove());
    // Whoever was recognised puts the phone away; here nobody holds one.
    let state = this.app.store.state.visit?.state;
    this.watch(["visit"], ({ visit }) => {
      if (state === "idle" && visit?.state !== "idle") this.act((api) => api.standIn.noCode());
      state = visit?.state;
    });
    this.listen(
      document,
      "keydown",
      (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.toggle(false),
    );
  }

  /** @param {boolean} open */
  toggle(open) {
    if (this.drawer.hidden === !open) return;
    this.drawer.hidden = !open;
    this.tab.setAttribute("aria-expanded", String(open));
    if (open) this.refresh();
    else this.tab.focus();
  }

  async refresh() {
    const stage = await this.app.api.standIn.read().catch((error) => this.told(error));
    if (stage) this.show(stage);
  }

  /** @param {import("../types.js").StandIn} stage */
  show({ people, students, showing }) {
    refill(
      this.people,
      people.map(({ id, title }) => this.choice(title, showing.person === id, (api) => api.standIn.person(id))),
      h("button", { type: "button", class: "choice", text: "stand_in.own", on: { click: () => this.file.click() } }),
      this.nothing("stand_in.nobody", showing.person === null, (api) => api.standIn.nobody()),
    );
    refill(
      this.students,
      students.map(({ payload, label, answer }) =>
        this.choice(answer ? `${label} · ${answer}` : label, showing.code === payload, (api) =>
          api.standIn.code(payload),
        ),
      ),
      this.nothing("stand_in.no_code", showing.code === null, (api) => api.standIn.noCode()),
    );
  }

  /** @param {string|import("../types.js").Message} title @param {boolean} chosen @param {(api: import("../api.js").Api) => Promise<unknown>} work */
  choice(title, chosen, work) {
    const words = h("span", { dir: "auto" });
    bindMessage(words, typeof title === "string" ? shown(title) : title);
    return h(
      "button",
      { type: "button", class: "choice", "aria-pressed": String(chosen), on: { click: () => this.act(work) } },
      words,
    );
  }

  /** @param {string} text @param {boolean} chosen @param {(api: import("../api.js").Api) => Promise<unknown>} work */
  nothing(text, chosen, work) {
    return h("button", {
      type: "button",
      class: "choice",
      text,
      "aria-pressed": String(chosen),
      on: { click: () => this.act(work) },
    });
  }

  async own() {
    const picture = this.file.files?.[0];
    if (picture) await this.act((api) => api.standIn.picture(picture));
    this.file.value = "";
  }

  /** The stage is no part of the visit, so it does not wait for the visit's requests. @param {(api: import("../api.js").Api) => Promise<unknown>} work */
  async act(work) {
    await work(this.app.api).catch((error) => this.told(error));
    await this.refresh();
  }

  /** @param {unknown} error */
  told(error) {
    if (!(error instanceof Problem)) throw error;
    this.app.store.set({ problem: error });
    return null;
  }
}

customElements.define("stand-in-drawer", StandInDrawer);
