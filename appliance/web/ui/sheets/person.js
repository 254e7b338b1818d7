/** One person of the station: name, role, PIN; the first one with the set-up code. */

import { h } from "../dom.js";
import { button, problemLine, showProblem } from "../elements/controls.js";
import { Sheet } from "../elements/sheet.js";

/** @typedef {import("../types.js").Operator} Operator */

export class PersonSheet extends Sheet {
  /** @param {import("../view.js").App} app @param {Operator|null} person nobody: somebody new @param {boolean} setup */
  constructor(app, person, setup) {
    super(app, person ? "people.change" : "people.add");
    this.person = person;
    this.setup = setup;
    this.problem = problemLine();
    this.name = h("input", {
      class: "field",
      type: "text",
      maxlength: 40,
      autocomplete: "off",
      dir: "auto",
      id: "person-name",
    });
    this.name.value = person?.name ?? "";
    this.pin = secret("person-pin", 6);
    this.code = secret("person-setup", 8);
    const first = setup || person?.role === "technician";
    this.roles = [role("operator", "people.operator", !first), role("technician", "people.technician", first)];
  }

  content() {
    const { person, setup } = this;
    return [
      ...(setup
        ? [labelled("people.setup_code", this.code), h("p", { class: "quiet", text: "people.setup_hint" })]
        : []),
      labelled("people.name", this.name),
      h(
        "fieldset",
        { class: "choices choices--two", hidden: setup },
        h("legend", { class: "visually-hidden", text: "people.role" }),
        this.roles.map(({ row }) => row),
      ),
      labelled(person ? "people.new_pin" : "people.pin", this.pin),
      h("p", { class: "quiet", text: "people.pin_hint" }),
      this.problem,
      button({ text: "people.save", icon: "check", rank: "primary", press: () => this.save() }),
      ...(person
        ? [button({ text: "people.remove", icon: "cross", rank: "quiet", press: () => this.askRemoval() })]
        : []),
    ];
  }

  async save() {
    const { person } = this;
    const name = this.name.value.trim();
    const pin = this.pin.value.trim();
    const chosen = this.setup || this.roles[1].radio.checked ? "technician" : "operator";
    await this.act((api) =>
      person
        ? api.people.change(person.id, { name, role: chosen, ...(pin && { pin }) })
        : api.people.add({ name, role: chosen, pin, ...(this.setup && { setup_code: this.code.value.trim() }) }),
    );
  }

  async removed() {
    const id = this.person?.id ?? "";
    await this.act((api) => api.people.remove(id));
  }

  /** Two taps: the second says what happens. */
  askRemoval() {
    const sure = button({ text: "people.remove_sure", icon: "cross", rank: "danger", press: () => this.removed() });
    this.querySelector(".sheet__body")?.lastElementChild?.replaceWith(sure);
    sure.focus();
  }

  /** @param {(api: import("../api.js").Api) => Promise<unknown>} work */
  async act(work) {
    const done = await this.app.actions.run(work, (problem) => showProblem(this.problem, problem));
    if (done) this.close();
  }
}

/** @param {string} id @param {number} length */
function secret(id, length) {
  return h("input", {
    class: "field field--code",
    type: "password",
    inputmode: "numeric",
    autocomplete: "new-password",
    maxlength: length,
    id,
  });
}

/** @param {string} text @param {HTMLInputElement} field */
function labelled(text, field) {
  return h("div", { class: "details-form__row" }, h("label", { for: field.id, text }), field);
}

/** @param {string} id @param {string} text @param {boolean} chosen */
function role(id, text, chosen) {
  const radio = h("input", { type: "radio", name: "role", value: id });
  radio.checked = chosen;
  return { radio, row: h("label", { class: "choice" }, radio, h("span", { text })) };
}

customElements.define("person-sheet", PersonSheet);
