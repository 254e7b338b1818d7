/** Before the camera: the live picture as a mirror, one instruction, and the shutter that releases by itself. */

import { h } from "../dom.js";
import { button } from "../elements/controls.js";
import { GuidanceLine } from "../elements/guidance_line.js";
import { GuidanceSource } from "../elements/guidance_source.js";
import { LivePicture } from "../elements/live_picture.js";
import { pictureInput } from "../elements/picture_input.js";
import { HOLD_S, ShutterButton } from "../elements/shutter_button.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";

export class FramingScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "screen screen--stage screen--framing";
    this.guidance = new GuidanceLine(this.app);
    this.shutter = new ShutterButton(this.app, () => this.shoot());
    /** @type {import("../voice.js").Voice|null} */
    this.voice = null;
    const source = new GuidanceSource((guidance) => this.show(guidance));
    this.source = source;
    this.working = false;
    this.album = app.store.state.plan?.album
      ? pictureInput({
          label: "framing.album",
          take: async (picture) => {
            await app.actions.idle();
            await app.actions.run((api) => api.importPhoto(picture));
          },
          refuse: (problem) => app.store.set({ problem }),
        })
      : null;
    this.stage = h(
      "section",
      { class: "stage" },
      new LivePicture(this.app, { overlay: true, onFrame: ({ guidance }) => source.ofFrame(guidance) }),
      this.guidance,
    );
  }

  build() {
    const identity = this.app.store.state.visit?.identity;
    return [
      this.stage,
      h(
        "section",
        { class: "panel panel--shutter" },
        h(
          "div",
          {},
          h("p", { class: "overline", text: "framing.student" }),
          h("p", { class: "student-name", dir: "auto" }, shown(identity?.name)),
        ),
        this.shutter,
        h(
          "div",
          { class: "panel__foot" },
          h("h1", { tabindex: -1, text: "framing.auto" }),
          h("p", { class: "quiet", text: "framing.manual" }),
          this.album?.field,
          this.album &&
            button({ text: "framing.album", icon: "picture", rank: "quiet", press: () => this.album?.open() }),
        ),
      ),
    ];
  }

  shown() {
    this.addVoice();
    this.listen(document, "keydown", (/** @type {KeyboardEvent} */ event) => this.onKey(event));
    this.watch(["guidance"], ({ guidance }) => this.source.ofEvent(guidance));
  }

  /** The instruction aloud, where somebody wants it; off at first, since the student's own screen speaks. */
  async addVoice() {
    const [{ Voice }, { voiceButton }] = await Promise.all([
      import("../voice.js"),
      import("../elements/voice_button.js"),
    ]);
    this.voice = new Voice(false);
    this.stage.append(voiceButton(this.voice));
  }

  /** @param {import("../types.js").Guidance} guidance */
  show(guidance) {
    if (this.working) return;
    if (guidance.ready && guidance.held_s >= HOLD_S) this.guidance.working();
    else this.guidance.show(guidance);
    this.voice?.say(guidance.message, guidance.ready ? "good" : "bad");
    this.shutter.hold(guidance.ready ? guidance.held_s : 0);
    this.stage.dataset.ready = String(guidance.ready);
  }

  /** Space is the shutter, as on a camera; the foot switch reaches the station without the page. @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key !== " " || event.repeat || document.querySelector("dialog[open]")) return;
    if (event.target instanceof HTMLElement && event.target.closest("button, input, textarea, summary")) return;
    event.preventDefault();
    this.shoot();
  }

  async shoot() {
    if (this.app.store.state.busy) return;
    this.working = true;
    this.guidance.working();
    await this.app.actions.run(
      (api) => api.shoot(),
      (problem) => {
        // The automatic shutter was faster: what was asked for is happening.
        if (problem.code !== "shutter-busy") this.app.store.set({ problem });
      },
    );
    this.working = false;
  }
}

customElements.define("framing-screen", FramingScreen);
