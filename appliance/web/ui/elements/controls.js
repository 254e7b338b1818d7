/** The few kinds of buttons there are, so that they look and behave alike everywhere. */

import { h } from "../dom.js";
import { bindMessage } from "../i18n.js";
import { icon } from "../icons.js";

/**
 * @typedef {object} ButtonOptions
 * @property {string} text key of the words on it
 * @property {string} [icon]
 * @property {() => void} press
 * @property {"primary"|"secondary"|"quiet"|"danger"} [rank]
 * @property {string} [class]
 * @property {Object<string, string|number>} [values]
 */

/**
 * A button of the page. `data-act` marks those that ask the station for something: they rest while a request is in flight.
 * @param {ButtonOptions} options
 */
export function button({ text, icon: drawing, press, rank = "secondary", class: more = "", values }) {
  return h(
    "button",
    { type: "button", class: `button button--${rank} ${more}`.trim(), "data-act": true, on: { click: press } },
    drawing && icon(drawing),
    h("span", { text, values }),
  );
}

/**
 * A button that shows only a drawing; its name is for everybody who does not see it.
 * @param {{label: string, icon: string, press: () => void, class?: string}} options
 */
export function iconButton({ label, icon: drawing, press, class: more = "" }) {
  return h(
    "button",
    { type: "button", class: `icon-button ${more}`.trim(), label, on: { click: press } },
    icon(drawing),
  );
}

/**
 * The line under a form that says what was wrong; read aloud when it changes.
 * @returns {HTMLParagraphElement}
 */
export function problemLine() {
  return h("p", { class: "problem", role: "alert", hidden: true });
}

/** @param {HTMLElement} line @param {import("../problem.js").Problem} problem */
export function showProblem(line, problem) {
  bindMessage(line, problem.words);
  line.hidden = false;
}
