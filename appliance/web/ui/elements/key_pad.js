/** Large keys for an answer: tapped by a student, typed by whoever has a keyboard, shown in big cells. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { View } from "../view.js";

// A student number has at most twenty characters in practice.
const LONGEST = 32;
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

export class KeyPad extends View {
  /**
   * @param {import("../view.js").App} app
   * @param {object} options
   * @param {string} options.label key of the field's name
   * @param {number|null} options.length cells to show; null for an answer of any length
   * @param {string} [options.extra] the key beside zero, such as X
   * @param {boolean} [options.secret] a PIN: dots in the cells, nothing for the tablet to remember
   * @param {() => void} options.onEnter
   * @param {() => void} [options.onChange]
   */
  constructor(app, options) {
    super(app);
    this.options = options;
    this.className = "key-pad";
    const { length, label, secret } = options;
    this.field = h("input", {
      class: "key-pad__field",
      type: secret ? "password" : "text",
      label,
      // The pad is the keyboard here; without this the tablet's own would cover half the screen.
      inputmode: length === null ? "text" : "none",
      autocomplete: secret ? "one-time-code" : "off",
      autocapitalize: "characters",
      spellcheck: "false",
      enterkeyhint: "done",
      maxlength: length ?? LONGEST,
      on: {
        input: () => this.put(this.field.value),
        keydown: (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && options.onEnter(),
      },
    });
    this.cells = h("div", { class: "key-pad__cells", "aria-hidden": "true" });
  }

  get value() {
    return this.field.value;
  }

  clear() {
    this.put("");
    this.field.focus();
  }

  get complete() {
    const { length } = this.options;
    return length === null ? this.value.length > 0 : this.value.length === length;
  }

  build() {
    const { length, extra } = this.options;
    const keys = h("div", { class: "key-pad__keys" });
    for (const digit of DIGITS) keys.append(this.key(digit));
    keys.append(extra ? this.key(extra) : h("span"), this.key("0"), this.eraser());
    const display = h("div", { class: `key-pad__display ${length === null ? "key-pad__display--free" : ""}` });
    display.append(this.field, this.cells);
    return [display, keys];
  }

  shown() {
    this.put("");
    this.field.focus({ preventScroll: true });
  }

  /** @param {string} character */
  key(character) {
    return h(
      "button",
      { type: "button", class: "key", on: { click: () => this.put(this.value + character) } },
      character,
    );
  }

  eraser() {
    const press = () => this.put(this.value.slice(0, -1));
    return h(
      "button",
      { type: "button", class: "key key--erase", label: "keypad.erase", on: { click: press } },
      icon("erase"),
    );
  }

  /** @param {string} raw */
  put(raw) {
    const { length } = this.options;
    const value = raw
      .toUpperCase()
      .replace(/[^0-9A-Z]/g, "")
      .slice(0, length ?? LONGEST);
    if (this.field.value !== value) this.field.value = value;
    const cells = [];
    for (let index = 0; index < (length ?? 0); index += 1) {
      const state = index < value.length ? "filled" : index === value.length ? "next" : "empty";
      cells.push(
        h("span", { class: `cell cell--${state}` }, this.options.secret && value[index] ? "•" : (value[index] ?? "")),
      );
    }
    this.cells.replaceChildren(...cells);
    this.options.onChange?.();
  }
}

customElements.define("key-pad", KeyPad);
