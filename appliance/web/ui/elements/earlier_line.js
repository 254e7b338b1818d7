/** A student who comes back: the earlier photo was refused, why, and that nothing is paid again. */

import { h } from "../dom.js";
import { bindMessage } from "../i18n.js";
import { icon } from "../icons.js";

/**
 * @param {import("../types.js").Visit|undefined} visit
 * @returns {HTMLElement|null}
 */
export function earlierLine(visit) {
  const earlier = visit?.earlier;
  if (visit?.unresolved) {
    return h("div", { class: "earlier" }, icon("unknown"), h("p", { text: "visit.unresolved" }));
  }
  if (!earlier || !["refused", "withdrawn"].includes(earlier.state)) return null;
  const reasons = earlier.reasons.slice(0, 3).map(({ message }) => {
    const line = h("li");
    bindMessage(line, message);
    return line;
  });
  return h(
    "div",
    { class: "earlier" },
    icon("retake"),
    h(
      "div",
      {},
      h("p", { text: earlier.state === "refused" ? "visit.comes_back" : "visit.withdrawn" }),
      reasons.length > 0 && h("ul", {}, reasons),
    ),
  );
}
