/** The student sees themselves, an outline to fit into, one instruction, and how long to keep still. */

import { h } from "../dom.js";
import { GuidanceLine } from "../elements/guidance_line.js";
import { GuidanceSource } from "../elements/guidance_source.js";
import { LivePicture } from "../elements/live_picture.js";
import { HOLD_S } from "../elements/shutter_button.js";
import { View } from "../view.js";

export class MirrorFraming extends View {
  /** @param {import("../view.js").App} app @param {import("../voice.js").Voice} voice */
  constructor(app, voice) {
    super(app);
    this.className = "mirror-screen mirror-screen--stage";
    this.voice = voice;
    this.source = new GuidanceSource((guidance) => this.show(guidance));
    this.guidance = new GuidanceLine(app);
    // On this screen the instruction is the heading.
    this.guidance.words.setAttribute("role", "heading");
    this.guidance.words.setAttribute("aria-level", "1");
    this.still = h("progress", { class: "mirror-still", max: 1, value: 0, label: "mirror.still" });
  }

  build() {
    return [
      new LivePicture(this.app, { overlay: true, onFrame: ({ guidance }) => this.source.ofFrame(guidance) }),
      this.still,
      this.guidance,
    ];
  }

  shown() {
    this.watch(["guidance"], ({ guidance }) => this.source.ofEvent(guidance));
  }

  /** @param {import("../types.js").Guidance} guidance */
  show(guidance) {
    const held = guidance.ready ? guidance.held_s : 0;
    this.still.value = Math.min(1, held / HOLD_S);
    this.dataset.ready = String(guidance.ready);
    if (guidance.ready && held >= HOLD_S) this.guidance.working();
    else this.guidance.show(guidance);
    this.voice.say(guidance.message, guidance.ready ? "good" : "bad");
  }
}

customElements.define("mirror-framing", MirrorFraming);
