/** Voice on or off; its state is told by drawing and by name. */

import { h, refill } from "../dom.js";
import { bindAttribute } from "../i18n.js";
import { icon } from "../icons.js";

/** @param {import("../voice.js").Voice} voice */
export function voiceButton(voice) {
  const element = h("button", {
    type: "button",
    class: "icon-button voice",
    on: { click: () => (voice.toggle(), draw()) },
  });
  const draw = () => {
    refill(element, icon(voice.on ? "speaker" : "speakerOff"));
    bindAttribute(element, "aria-label", voice.on ? "voice.turn_off" : "voice.turn_on");
    element.setAttribute("aria-pressed", String(voice.on));
  };
  draw();
  return element;
}
