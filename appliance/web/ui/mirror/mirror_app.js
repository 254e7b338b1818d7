/** The student's screen: the same state as the tablet, told to the student. */

import { h } from "../dom.js";
import { voiceButton } from "../elements/voice_button.js";
import { language, useLanguage } from "../i18n.js";
import { screenFor } from "../router.js";
import { PairingScreen } from "../screens/pairing.js";
import { StartingScreen } from "../screens/starting.js";
import { View } from "../view.js";
import { Voice } from "../voice.js";
import { MirrorFraming } from "./framing.js";
import { PayingScreen } from "./paying.js";
import { AskScreen, DoneScreen, RefusedScreen } from "./result.js";
import { waiting, WelcomeScreen } from "./waiting.js";

/** @type {Record<import("../router.js").ScreenName, (app: import("../view.js").App, voice: Voice) => HTMLElement>} */
const SCREENS = {
  starting: (app) => new StartingScreen(app),
  pairing: (app) => new PairingScreen(app),
  signin: (app) => waiting(app, "mirror.moment"),
  records: (app) => new WelcomeScreen(app),
  technician: (app) => new WelcomeScreen(app),
  paying: (app) => new PayingScreen(app),
  today: (app) => new WelcomeScreen(app),
  scan: (app) => new WelcomeScreen(app),
  verify: (app) => waiting(app, "mirror.verify"),
  confirm: (app) => waiting(app, "mirror.confirm"),
  framing: (app, voice) => new MirrorFraming(app, voice),
  verdict: (app) =>
    app.store.state.visit?.shot?.verdict.verdict === "pass" ? new AskScreen(app) : new RefusedScreen(app),
  saving: (app) => waiting(app, "saving.title"),
  done: (app) => new DoneScreen(app),
  refused: (app) => waiting(app, "mirror.moment"),
  fault: (app) => waiting(app, "mirror.moment"),
};

export class MirrorApp extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "mirror-app";
    this.voice = new Voice(true);
    this.main = h("main", { class: "mirror-app__main" });
    this.current = "";
  }

  build() {
    const other = h("button", {
      type: "button",
      class: "chip chip--language",
      text: "language.other",
      on: { click: () => this.switchLanguage() },
    });
    return [
      this.main,
      h("nav", { class: "mirror-app__corner", label: "mirror.settings" }, voiceButton(this.voice), other),
    ];
  }

  shown() {
    this.watch(["visit", "connection"], (state) => {
      const name = screenFor({ ...state, page: "scan", session: undefined });
      const key = `${name} ${state.visit?.id ?? ""} ${state.visit?.shot?.id ?? ""}`;
      this.dataset.connection = state.connection;
      if (key === this.current) return;
      this.current = key;
      this.dataset.screen = name;
      this.main.replaceChildren(SCREENS[name](this.app, this.voice));
    });
  }

  async switchLanguage() {
    await useLanguage(language() === "zh" ? "en" : "zh").catch((error) => console.warn(error));
  }
}

customElements.define("mirror-app", MirrorApp);
