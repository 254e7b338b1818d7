/** A picture from the tablet: chosen, or taken with its camera. What cannot be one is refused before it travels. */

import { h } from "../dom.js";
import { Problem } from "../problem.js";

// What the station takes (appliance/web/routers/visit.py).
const LARGEST = 20_000_000;

/**
 * A hidden file field and what opens it.
 * @param {object} options
 * @param {string} options.label key of its name
 * @param {boolean} [options.capture] with the tablet's camera, where it has one
 * @param {(picture: File) => Promise<void>} options.take
 * @param {(problem: Problem) => void} options.refuse
 */
export function pictureInput({ label, capture = false, take, refuse }) {
  const field = h("input", {
    type: "file",
    class: "visually-hidden",
    accept: "image/*",
    capture: capture && "environment",
    tabindex: -1,
    label,
    on: {
      change: async () => {
        const picture = field.files?.[0];
        if (!picture) return;
        const wrong = whyNot(picture);
        if (wrong) refuse(wrong);
        else await take(picture);
        // The same file chosen again must be read again.
        field.value = "";
      },
    },
  });
  return { field, open: () => field.click() };
}

/**
 * What can be said before a long upload; the station looks again.
 * @param {File} picture
 */
function whyNot(picture) {
  const mb = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);
  if (!picture.type.startsWith("image/")) return new Problem("not-a-picture", { key: "error.not_a_picture" });
  if (picture.size <= LARGEST) return null;
  return new Problem("too-large", { key: "error.too_large", values: { mb: mb(picture.size), limit: mb(LARGEST) } });
}
