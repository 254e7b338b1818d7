/** Always in sight: which station, what waits for upload, whether the network and the devices are well, the language. */

import { h, refill } from "../dom.js";
import { bindAttribute, bindText, language, useLanguage, words } from "../i18n.js";
import { icon } from "../icons.js";
import { unreachable } from "../problem.js";
import { shown } from "../safe_text.js";
import { DevicesSheet, isWell, nameOf } from "../sheets/devices.js";
import { View } from "../view.js";
import { openSheet } from "./sheet.js";

// The devices a visit cannot do without are always shown; others only when something is wrong with them.
const ALWAYS = ["camera", "lamp", "scanner"];

export class StatusBar extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "status-bar";
    this.setAttribute("role", "banner");
    this.name = h("span", { class: "status-bar__name", dir: "auto" });
    this.devices = h("button", {
      type: "button",
      class: "chip chip--devices",
      on: { click: () => openSheet(this.app, () => new DevicesSheet(this.app)) },
    });
    this.queue = h("button", {
      type: "button",
      class: "chip chip--queue",
      on: { click: () => this.openDeliveries() },
    });
    this.who = h("span", { class: "chip__words", dir: "auto" });
    this.session = h(
      "button",
      { type: "button", class: "chip chip--session", hidden: true, on: { click: () => this.openSession() } },
      icon("person"),
      this.who,
    );
    this.language = h(
      "button",
      {
        type: "button",
        class: "chip chip--language",
        on: { click: () => this.switchLanguage() },
      },
      icon("language"),
      h("span", { text: "language.other" }),
    );
    bindAttribute(this.language, "aria-label", "language.switch");
  }

  build() {
    return [
      h("div", { class: "status-bar__station" }, icon("stage"), this.name),
      h("div", { class: "status-bar__chips" }, this.devices, this.queue, this.session, this.language),
    ];
  }

  shown() {
    this.watch(["station"], ({ station }) => (this.name.textContent = station ? shown(station.name) : ""));
    this.watch(["devices"], ({ devices }) => this.showDevices(devices ?? []));
    this.watch(["queue"], ({ queue }) => this.showQueue(queue));
    this.watch(["session"], ({ session }) => {
      const name = session?.operator?.name;
      this.session.hidden = !name;
      this.who.textContent = shown(name);
      bindAttribute(this.session, "aria-label", "session.signed_in", { name: shown(name) });
    });
    this.listen(document, "languagechange", () => this.showDevices(this.app.store.state.devices ?? []));
  }

  async switchLanguage() {
    await useLanguage(language() === "zh" ? "en" : "zh").catch(() => this.app.store.set({ problem: unreachable() }));
  }

  openSession() {
    openSheet(this.app, async () => {
      const { SessionSheet } = await import("../sheets/session.js");
      return new SessionSheet(this.app);
    });
  }

  openDeliveries() {
    openSheet(this.app, async () => {
      const { DeliveriesSheet } = await import("../sheets/deliveries.js");
      return new DeliveriesSheet(this.app);
    });
  }

  /** @param {import("../types.js").Device[]} devices */
  showDevices(devices) {
    const bar = this.devices;
    const seen = devices.filter((device) => ALWAYS.includes(drawingOf(device.name)) || !isWell(device));
    refill(
      bar,
      seen.map((device) =>
        h(
          "span",
          { class: `lamp lamp--${isWell(device) ? "well" : "ill"}`, "data-device": device.name },
          icon(drawingOf(device.name)),
        ),
      ),
    );
    bar.hidden = seen.length === 0;
    const ill = devices.filter((device) => !isWell(device));
    if (ill.length)
      bindAttribute(bar, "aria-label", "devices.some_ill", { names: ill.map(nameOf).join(words("list.comma")) });
    else bindAttribute(bar, "aria-label", "devices.all_well");
  }

  /** @param {import("../types.js").Queue|undefined} queue */
  showQueue(queue) {
    const bar = this.queue;
    bar.hidden = !queue;
    if (!queue) return;
    const online = queue.online === true;
    const cloud = h("span", { class: `lamp lamp--${online ? "well" : queue.online === null ? "unknown" : "off"}` });
    cloud.append(icon(online ? "cloud" : "cloudOff"));
    refill(
      bar,
      cloud,
      count("waiting", "waiting", queue.waiting, false),
      queue.parked > 0 && count("parked", "parked", queue.parked, true),
      count("receipted", "done", queue.receipted, false),
    );
    const state = online ? "queue.name_online" : "queue.name_offline";
    bindAttribute(bar, "aria-label", state, {
      waiting: queue.waiting,
      parked: queue.parked,
      receipted: queue.receipted,
    });
  }
}

/** @param {string} kind @param {string} drawing @param {number} number @param {boolean} urgent */
function count(kind, drawing, number, urgent) {
  return h(
    "span",
    { class: `count ${urgent ? "count--urgent" : ""}`, "data-count": kind },
    icon(drawing),
    String(number),
  );
}

/** @param {string} name */
function drawingOf(name) {
  if (name.includes("camera")) return "camera";
  if (name.includes("lamp")) return "lamp";
  if (name.includes("scan")) return "scanner";
  return "device";
}

/** The line that says the page and the station have lost each other; the page goes on showing what it knew. */
export class ConnectionBanner extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "banner";
    this.setAttribute("role", "status");
    this.line = h("span");
  }

  build() {
    return [h("span", { class: "banner__pulse", "aria-hidden": "true" }), this.line];
  }

  shown() {
    this.watch(["connection", "visit"], ({ connection, visit }) => {
      this.hidden = connection !== "lost";
      bindText(this.line, visit?.id ? "connection.lost_in_visit" : "connection.lost");
    });
  }
}

customElements.define("status-bar", StatusBar);
customElements.define("connection-banner", ConnectionBanner);
