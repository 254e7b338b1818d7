/** The page's language. Texts are bound to elements, so a switch changes them in place and loses nothing typed. */

/** @typedef {import("./types.js").Message} Message */
/** @typedef {"zh"|"en"} Language */

const REMEMBERED_AS = "station.language";
const TAGS = { zh: "zh-CN", en: "en" };

/** @type {Partial<Record<Language, Object<string, string>>>} */
const dictionaries = {};
/** @type {WeakMap<Element, Map<string, () => string>>} */
const bindings = new WeakMap();
/** @type {Language} */
let current = "zh";

/** Begin in the language this tablet was left in; Chinese at first. */
export async function loadTexts() {
  await useLanguage(localStorage.getItem(REMEMBERED_AS) === "en" ? "en" : "zh");
}

/** @returns {Language} */
export function language() {
  return current;
}

/**
 * Switch the page, and remember it on this tablet. A language is fetched when it is first wanted.
 * @param {Language} wanted
 * @throws {Error} when its texts cannot be fetched; the page stays as it is
 */
export async function useLanguage(wanted) {
  dictionaries[wanted] ??= await fetchTexts(wanted);
  current = wanted;
  localStorage.setItem(REMEMBERED_AS, wanted);
  document.documentElement.lang = TAGS[wanted];
  for (const element of document.querySelectorAll("[data-i18n]")) {
    bindings.get(element)?.forEach((render, target) => put(element, target, render()));
  }
  document.dispatchEvent(new CustomEvent("languagechange"));
}

/**
 * The text of a key in the current language, its braces filled.
 * @param {string} key
 * @param {Object<string, string|number>} [values]
 */
export function words(key, values = {}) {
  return filled(dictionaries[current]?.[key] ?? key, values);
}

/**
 * What can be said in the page's language: a message of the station, or a text of the page's own by its key.
 * @typedef {Message|{key: string, values?: Object<string, string|number>}} Said
 */

/**
 * A message in the current language; the other language rather than nothing.
 * @param {Said|string|null|undefined} message
 */
export function said(message) {
  if (!message) return "";
  if (typeof message === "string") return message;
  if ("key" in message) return words(message.key, message.values);
  return message[current] || message.zh || message.en || "";
}

/**
 * @param {Element} element
 * @param {string} key
 * @param {Object<string, string|number>} [values]
 */
export function bindText(element, key, values) {
  bind(element, "text", () => words(key, values));
}

/**
 * @param {Element} element
 * @param {string} attribute
 * @param {string} key
 * @param {Object<string, string|number>} [values]
 */
export function bindAttribute(element, attribute, key, values) {
  bind(element, attribute, () => words(key, values));
}

/**
 * Show a message, following the language.
 * @param {Element} element
 * @param {Said|string|null|undefined} message
 */
export function bindMessage(element, message) {
  bind(element, "text", () => said(message));
}

/**
 * @param {Element} element
 * @param {string} target "text" or the name of an attribute
 * @param {() => string} render
 */
function bind(element, target, render) {
  const own = bindings.get(element) ?? new Map();
  own.set(target, render);
  bindings.set(element, own);
  element.setAttribute("data-i18n", "");
  put(element, target, render());
}

/**
 * @param {Element} element
 * @param {string} target
 * @param {string} value
 */
function put(element, target, value) {
  if (target !== "text") element.setAttribute(target, value);
  else if (element.textContent !== value) element.textContent = value;
}

/** @param {Language} language */
async function fetchTexts(language) {
  const response = await fetch(`/ui/texts/${language}.json`);
  if (!response.ok) throw new Error(`texts/${language}.json: ${response.status}`);
  return response.json();
}

/**
 * @param {string} template
 * @param {Object<string, string|number>} values
 */
function filled(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
