/** Elements without markup strings: text is always text, so no name can become a tag. */

import { bindText, bindAttribute } from "./i18n.js";

/**
 * @typedef {Node|string|number|null|undefined|false} Child
 * @typedef {object} Attributes
 * @property {Object<string, (event: any) => void>} [on] listeners by event name
 * @property {string} [text] key of the text shown inside
 * @property {Object<string, string|number>} [values] what fills the text's braces
 * @property {string} [label] key of the accessible name
 * @property {string} [hint] key of the placeholder
 */

/**
 * Make an element. `text`, `label` and `hint` are keys of the text files and follow the language.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes & Object<string, any>} [attributes]
 * @param {...(Child|Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  const { on = {}, text, values, label, hint, ...plain } = attributes;
  for (const [name, value] of Object.entries(plain)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  if (text) bindText(element, text, values);
  if (label) bindAttribute(element, "aria-label", label, values);
  if (hint) bindAttribute(element, "placeholder", hint);
  fill(element, children);
  return element;
}

/**
 * Append children, leaving out what is null or false.
 * @param {Element} element
 * @param {Array<Child|Child[]>} children
 */
export function fill(element, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/**
 * Put new children in place of the old ones.
 * @param {Element} element
 * @param {...(Child|Child[])} children
 */
export function refill(element, ...children) {
  element.replaceChildren();
  fill(element, children);
}
