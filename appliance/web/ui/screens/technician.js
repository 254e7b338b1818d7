/** The technician's pages: each tab is a part of its own, fetched when it is opened. */

import { h, refill } from "../dom.js";
import { iconButton } from "../elements/controls.js";
import { unreachable } from "../problem.js";
import { View } from "../view.js";

/** @typedef {new (app: import("../view.js").App) => HTMLElement} Part */

/** @type {Array<{id: string, text: string, load: () => Promise<Part>}>} */
const PARTS = [
  {
    id: "devices",
    text: "technician.devices",
    load: async () => (await import("../technician/devices.js")).DevicesPart,
  },
  { id: "camera", text: "technician.camera", load: async () => (await import("../technician/camera.js")).CameraPart },
  {
    id: "calibration",
    text: "technician.calibration",
    load: async () => (await import("../technician/calibration.js")).CalibrationPart,
  },
  {
    id: "rehearse",
    text: "technician.rehearse",
    load: async () => (await import("../technician/rehearse.js")).RehearsePart,
  },
  { id: "logs", text: "technician.logs", load: async () => (await import("../technician/logs.js")).LogsPart },
  { id: "export", text: "technician.export", load: async () => (await import("../technician/export.js")).ExportPart },
  { id: "update", text: "technician.update", load: async () => (await import("../technician/update.js")).UpdatePart },
  { id: "people", text: "technician.people", load: async () => (await import("../technician/people.js")).PeoplePart },
  {
    id: "tablets",
    text: "technician.tablets",
    load: async () => (await import("../technician/tablets.js")).TabletsPart,
  },
];

export class TechnicianScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "screen screen--technician";
    this.page = h("div", { class: "technician__part", role: "tabpanel", id: "part", tabindex: 0 });
    this.tabs = PARTS.map(({ id, text, load }) =>
      h("button", {
        type: "button",
        role: "tab",
        class: "tab",
        id: `part-${id}`,
        text,
        "aria-controls": "part",
        on: { click: () => this.turn(id, load) },
      }),
    );
  }

  build() {
    const list = h("div", { class: "tabs tabs--wrap", role: "tablist", label: "technician.title" });
    list.append(...this.tabs);
    list.addEventListener("keydown", (event) => this.move(event));
    return [
      h(
        "header",
        { class: "page-head" },
        iconButton({ label: "records.back", icon: "back", press: () => this.app.store.set({ page: "today" }) }),
        h("h1", { tabindex: -1, text: "technician.title" }),
      ),
      list,
      this.page,
    ];
  }

  shown() {
    this.turn(PARTS[0].id, PARTS[0].load);
  }

  /** @param {string} wanted @param {() => Promise<Part>} load */
  async turn(wanted, load) {
    PARTS.forEach(({ id }, index) => {
      this.tabs[index].setAttribute("aria-selected", String(id === wanted));
      this.tabs[index].tabIndex = id === wanted ? 0 : -1;
    });
    this.page.setAttribute("aria-labelledby", `part-${wanted}`);
    try {
      const Part = await load();
      if (this.tabs.find((tab) => tab.tabIndex === 0)?.id !== `part-${wanted}`) return;
      refill(this.page, new Part(this.app));
      this.dataset.part = wanted;
    } catch (error) {
      console.warn(error);
      this.app.store.set({ problem: unreachable() });
    }
  }

  /** Arrow keys turn the page, as in every list of tabs. @param {KeyboardEvent} event */
  move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = this.tabs.findIndex((tab) => tab.tabIndex === 0);
    const next = (at + step + this.tabs.length) % this.tabs.length;
    this.turn(PARTS[next].id, PARTS[next].load);
    this.tabs[next].focus();
  }
}

customElements.define("technician-screen", TechnicianScreen);
