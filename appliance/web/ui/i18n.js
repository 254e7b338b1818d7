/** The page's language. Texts are bound to elements, so a switch changes them in place and loses nothing typed. */

/** @typedef {import("./types.js").Message} Message */
/** @typedef {"zh"|"en"} Language */

/** @type {readonly Language[]} */
export const LANGUAGES = ["zh", "en"];
const REMEMBERED_AS = "station.language";
const TAGS = { zh: "zh-CN", en: "en" };

/** @type {Record<Language, Object<string, string>>} */
const dictionaries = { zh: {}, en: {} };
/** @type {WeakMap<Element, Map<string, () => string>>} */
const bindings = new WeakMap();
/** @type {Language} */
let current = "zh";

/** Fetch both text files; both, so that the switch works while the station is out of reach. */
export async function loadTexts() {
  const files = await Promise.all(
    LANGUAGES.map(async (language) => {
      const response = await fetch(`/ui/texts/${language}.json`);
      if (!response.ok) throw new Error(`texts/${language}.json: ${response.status}`);
      return response.json();
    }),
  );
  LANGUAGES.forEach((language, index) => (dictionaries[language] = files[index]));
  useLanguage(localStorage.getItem(REMEMBERED_AS) === "en" ? "en" : "zh");
}

/** @returns {Language} */
export function language() {
  return current;
}

/**
 * Switch the page, and remember it on this tablet.
 * @param {Language} wanted
 */
export function useLanguage(wanted) {
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
  return filled(dictionaries[current][key] ?? key, values);
}

/**
 * A key as a message in both languages, for errors the page itself has to tell.
 * @param {string} key
 * @param {Object<string, string|number>} [values]
 * @returns {Message}
 */
export function bilingual(key, values = {}) {
  return { zh: filled(dictionaries.zh[key] ?? key, values), en: filled(dictionaries.en[key] ?? key, values) };
}

/**
 * A message of the station in the current language; the other language rather than nothing.
 * @param {Message|string|null|undefined} message
 */
export function said(message) {
  if (!message) return "";
  if (typeof message === "string") return message;
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
 * Show a message of the station, following the language.
 * @param {Element} element
 * @param {Message|string|null|undefined} message
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

/**
 * @param {string} template
 * @param {Object<string, string|number>} values
 */
function filled(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
