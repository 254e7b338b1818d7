/** The shutter, with a ring that fills while everything is right and held still: when it closes, the station shoots. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { View } from "../view.js";

// How long all must be right before the station shoots by itself (appliance/portrait/guidance).
export const HOLD_S = 0.5;
const NAMESPACE = "http://www.w3.org/2000/svg";
const RADIUS = 46;
const AROUND = 2 * Math.PI * RADIUS;

export class ShutterButton extends View {
  /** @param {import("../view.js").App} app @param {() => void} onPress */
  constructor(app, onPress) {
    super(app);
    this.onPress = onPress;
    this.className = "shutter";
    this.progress = circle("shutter__progress");
    this.progress.setAttribute("stroke-dasharray", String(AROUND));
  }

  build() {
    const svg = document.createElementNS(NAMESPACE, "svg");
    svg.setAttribute("viewBox", "0 0 100 100");
    svg.setAttribute("class", "shutter__ring");
    svg.setAttribute("aria-hidden", "true");
    svg.append(circle("shutter__track"), this.progress);
    this.hold(0);
    const button = h("button", {
      type: "button",
      class: "shutter__button",
      label: "framing.shoot",
      on: { click: this.onPress },
    });
    button.append(icon("camera"));
    return [svg, button];
  }

  /** @param {number} seconds for how long all has been right */
  hold(seconds) {
    const share = Math.max(0, Math.min(1, seconds / HOLD_S));
    this.progress.setAttribute("stroke-dashoffset", String(AROUND * (1 - share)));
    this.dataset.held = share.toFixed(2);
  }
}

/** @param {string} name */
function circle(name) {
  const element = document.createElementNS(NAMESPACE, "circle");
  for (const [key, value] of Object.entries({ cx: 50, cy: 50, r: RADIUS, class: name })) {
    element.setAttribute(key, String(value));
  }
  return element;
}

customElements.define("shutter-button", ShutterButton);
