/** Who works here now: one's name, then one's PIN. A tablet at rest comes back to this; the visit waits where it was. */

import { countDown } from "../countdown.js";
import { h, refill } from "../dom.js";
import { button, problemLine, showProblem } from "../elements/controls.js";
import { KeyPad } from "../elements/key_pad.js";
import { bindText } from "../i18n.js";
import { icon } from "../icons.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";

// Six digits (appliance/web/people.py).
const LENGTH = 6;

/** @typedef {import("../types.js").Operator} Operator */

export class SignInScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "screen screen--split";
    this.side = h("section", { class: "intro" });
    this.panel = h("section", { class: "panel panel--form" });
    this.problem = problemLine();
    this.wait = h("p", { class: "problem", role: "status", hidden: true });
    /** @type {Operator[]} */
    this.people = [];
    /** @type {Operator|null} */
    this.who = null;
    this.stopCounting = () => {};
  }

  build() {
    refill(
      this.side,
      h("div", { class: "emblem emblem--accent" }, icon("person")),
      h("h1", { tabindex: -1, text: "signin.title" }),
      h("p", { class: "lead", text: "signin.lead" }),
      h("p", { class: "quiet where", text: "signin.forgotten" }),
    );
    return [this.side, this.panel];
  }

  async shown() {
    this.stops.push(() => this.stopCounting());
    const { people } = await this.app.api.people.read().catch(() => ({ people: [] }));
    this.people = people;
    if (people.length === 1) this.choose(people[0]);
    else this.list();
  }

  list() {
    this.who = null;
    refill(
      this.panel,
      h("h2", { text: "signin.who" }),
      h(
        "div",
        { class: "choices people-choices" },
        this.people.map((person) =>
          h(
            "button",
            { type: "button", class: "choice", on: { click: () => this.choose(person) } },
            icon("person"),
            h("span", { dir: "auto" }, shown(person.name)),
            person.role === "technician" && h("span", { class: "tag", text: "people.technician" }),
          ),
        ),
      ),
    );
  }

  /** @param {Operator} person */
  choose(person) {
    this.who = person;
    this.problem.hidden = true;
    this.pad = new KeyPad(this.app, {
      label: "signin.pin",
      length: LENGTH,
      secret: true,
      onEnter: () => this.submit(),
      // The sixth digit is the whole answer: nobody has to look for another button.
      onChange: () => this.pad?.complete && this.submit(),
    });
    refill(
      this.panel,
      h(
        "div",
        { class: "signin__who" },
        h("h2", { dir: "auto" }, shown(person.name)),
        this.people.length > 1 && button({ text: "signin.other", rank: "quiet", press: () => this.list() }),
      ),
      this.pad,
      this.problem,
      this.wait,
    );
  }

  async submit() {
    const { pad, who } = this;
    if (!pad?.complete || !who || !this.wait.hidden) return;
    const pin = pad.value;
    await this.app.actions.run(
      (api) => api.signIn(who.id, pin),
      (problem) => {
        pad.clear();
        showProblem(this.problem, problem);
        if (problem.code === "slowed-down") this.pause(problem.extra.retry_after ?? 1);
      },
    );
  }

  /** @param {number} seconds */
  pause(seconds) {
    this.problem.hidden = true;
    this.wait.hidden = false;
    this.stopCounting();
    this.stopCounting = countDown(
      seconds,
      (left) => bindText(this.wait, "signin.wait", { n: left }),
      () => (this.wait.hidden = true),
    );
  }
}

customElements.define("signin-screen", SignInScreen);
