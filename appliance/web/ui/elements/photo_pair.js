/** Before and after, side by side: the frame that was judged, and the photo that will be handed over. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { Sheet, openSheet } from "./sheet.js";

/**
 * @param {import("../view.js").App} app
 * @param {import("../types.js").Shot} shot
 * @returns {HTMLElement}
 */
export function photoPair(app, shot) {
  const { photo } = shot;
  const facts = photo && { width: photo.width, height: photo.height, kb: Math.round(photo.bytes / 1024) };
  const enlarge = (/** @type {string} */ source, /** @type {string} */ name) =>
    openSheet(app, () => new PictureSheet(app, name, source));
  return h(
    "div",
    { class: "pair" },
    h(
      "figure",
      { class: "pair__side" },
      picture(shot.before, "verdict.enlarge_before", () => enlarge(shot.before, "verdict.before")),
      h("figcaption", { text: "verdict.before" }),
    ),
    h(
      "figure",
      { class: "pair__side" },
      shot.after
        ? picture(shot.after, "verdict.enlarge_after", () => enlarge(String(shot.after), "verdict.after"))
        : h(
            "div",
            { class: "pair__picture pair__picture--none" },
            icon("picture"),
            h("p", { text: "verdict.no_photo" }),
          ),
      h(
        "figcaption",
        {},
        h("span", { text: "verdict.after" }),
        facts && h("span", { class: "pair__facts", text: "verdict.photo_facts", values: facts }),
      ),
    ),
  );
}

/** @param {string} source @param {string} name @param {() => void} enlarge */
function picture(source, name, enlarge) {
  const image = h("img", { src: source, decoding: "async", alt: "" });
  return h("button", { type: "button", class: "pair__picture", label: name, on: { click: enlarge } }, image);
}

/** One picture, whole and as large as the tablet. */
class PictureSheet extends Sheet {
  /** @param {import("../view.js").App} app @param {string} name @param {string} source */
  constructor(app, name, source) {
    super(app, name, { wide: true, follows: (state) => state.visit?.shot?.id });
    this.source = source;
  }

  content() {
    return [h("img", { class: "enlarged", src: this.source, alt: "" })];
  }
}

customElements.define("picture-sheet", PictureSheet);
