/** What the plan still wants to know: phone and extra fields. Each refusal stands under its own field. */

import { h } from "../dom.js";
import { bindMessage, bindText } from "../i18n.js";
import { icon } from "../icons.js";
import { View } from "../view.js";

/** @typedef {import("../types.js").ExtraField} ExtraField */

const PHONE = "phone";
// What a plan means that names no length.
const TEXT_LENGTH = 100;
/** @type {Record<string, {type: string, inputmode: string, autocomplete: string}>} */
const KINDS = {
  text: { type: "text", inputmode: "text", autocomplete: "off" },
  address: { type: "text", inputmode: "text", autocomplete: "street-address" },
  phone: { type: "tel", inputmode: "tel", autocomplete: "off" },
  email: { type: "email", inputmode: "email", autocomplete: "off" },
  postcode: { type: "text", inputmode: "numeric", autocomplete: "off" },
};

/** Whether the plan asks for anything. @param {import("../types.js").Plan|null|undefined} plan */
export function asksDetails(plan) {
  return Boolean(plan?.extra_fields?.length) || (plan?.phone ?? "none") !== "none";
}

export class DetailsForm extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "details-form";
    this.plan = app.store.state.plan;
    /** @type {Map<string, {input: HTMLInputElement|HTMLSelectElement, problem: HTMLElement, required: boolean}>} */
    this.rows = new Map();
    this.declined = h("input", { type: "checkbox", class: "tick__box", on: { change: () => this.decline() } });
  }

  build() {
    const { plan } = this;
    const wanted = plan?.phone ?? "none";
    const parts = [];
    if (wanted !== "none") {
      const label = h("span", { text: "details.phone" });
      parts.push(this.row(PHONE, label, "phone", { required: wanted === "required", length: 20 }));
      if (wanted === "optional") {
        parts.push(
          h(
            "label",
            { class: "tick" },
            this.declined,
            h("span", { class: "tick__mark" }, icon("check")),
            h("span", { text: "details.decline" }),
          ),
        );
      }
    }
    for (const field of plan?.extra_fields ?? []) {
      const label = h("span", { dir: "auto" });
      bindMessage(label, field.label);
      parts.push(
        this.row(field.id, label, field.kind, {
          required: field.required ?? false,
          length: field.max_length ?? TEXT_LENGTH,
          hint: field.hint,
          choices: field.choices,
        }),
      );
    }
    return parts;
  }

  /**
   * @param {string} id @param {HTMLElement} label @param {string} kind
   * @param {{required: boolean, length: number, hint?: import("../types.js").Message|null, choices?: ExtraField["choices"]}} options
   */
  row(id, label, kind, { required, length, hint, choices }) {
    const problem = h("p", { class: "problem", id: `problem-${id}`, hidden: true });
    const input =
      kind === "choice"
        ? this.select(choices ?? [])
        : h("input", { class: "field", maxlength: length, ...(KINDS[kind] ?? KINDS.text) });
    input.id = `detail-${id}`;
    input.setAttribute("aria-describedby", problem.id);
    if (required) input.setAttribute("aria-required", "true");
    input.addEventListener("input", () => this.forgive(id));
    const below = h("p", { class: "quiet", dir: "auto" });
    if (hint) bindMessage(below, hint);
    this.rows.set(id, { input, problem, required });
    return h(
      "div",
      { class: "details-form__row" },
      h(
        "label",
        { for: input.id },
        label,
        h("span", { class: "quiet", text: required ? "details.must" : "details.may" }),
      ),
      input,
      hint && below,
      problem,
    );
  }

  /** @param {ExtraField["choices"]} choices */
  select(choices) {
    const nothing = h("option", { value: "", text: "details.choose" });
    const options = (choices ?? []).map(({ id, label }) => {
      const option = h("option", { value: id });
      bindMessage(option, label);
      return option;
    });
    return h("select", { class: "field" }, nothing, options);
  }

  decline() {
    const phone = this.rows.get(PHONE);
    if (!phone) return;
    phone.input.disabled = this.declined.checked;
    if (this.declined.checked) phone.input.value = "";
    this.forgive(PHONE);
  }

  /** @returns {import("../station.d.ts").DetailsBody} */
  get value() {
    /** @type {Object<string, string>} */
    const fields = {};
    for (const [id, { input }] of this.rows) {
      if (id !== PHONE && input.value.trim()) fields[id] = input.value.trim();
    }
    const phone = this.rows.get(PHONE)?.input.value.trim();
    return { fields, phone: phone || null, phone_declined: this.declined.checked };
  }

  /** Say what is missing, at the first place of it. @returns {boolean} whether all is there */
  complete() {
    let first = null;
    for (const [id, { input, problem, required }] of this.rows) {
      const optional = id === PHONE && this.plan?.phone === "optional" && !this.declined.checked;
      const missing = !input.value.trim() && !input.disabled && (required || optional);
      if (missing) bindText(problem, optional ? "details.phone_or_decline" : "details.missing");
      problem.hidden = !missing;
      if (missing) first ??= input;
    }
    first?.focus();
    return first === null;
  }

  /** What the station refused, field by field. @param {Object<string, import("../types.js").Message>} fields */
  refuse(fields) {
    for (const [id, message] of Object.entries(fields)) {
      const row = this.rows.get(id);
      if (!row) continue;
      bindMessage(row.problem, message);
      row.problem.hidden = false;
      row.input.setAttribute("aria-invalid", "true");
    }
    this.rows.get(Object.keys(fields)[0])?.input.focus();
  }

  /** @param {string} id */
  forgive(id) {
    const row = this.rows.get(id);
    if (row) row.problem.hidden = true;
    row?.input.removeAttribute("aria-invalid");
  }
}

customElements.define("details-form", DetailsForm);
