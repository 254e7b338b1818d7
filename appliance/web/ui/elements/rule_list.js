/** The verdict's rules: what was refused first and in plain words, the figures one tap away. */

import { h } from "../dom.js";
import { bindMessage } from "../i18n.js";
import { icon } from "../icons.js";
import { figure, limitText, shown } from "../safe_text.js";

/** @typedef {import("../types.js").Rule} Rule */

const ICONS = { pass: "check", fail: "cross", unknown: "unknown", exempt: "parked" };
const NAMES = { pass: "rule.pass", fail: "rule.fail", unknown: "rule.unknown", exempt: "rule.exempt" };

/**
 * @param {Rule[]} rules
 * @returns {{wanting: Rule[], fine: Rule[]}} refused then unmeasured, in the station's order; and the rest
 */
export function parted(rules) {
  const of = (/** @type {string} */ outcome) => rules.filter((rule) => rule.outcome === outcome);
  return { wanting: [...of("fail"), ...of("unknown")], fine: [...of("pass"), ...of("exempt")] };
}

/**
 * @param {import("../types.js").Verdict} verdict
 * @returns {HTMLElement}
 */
export function ruleList(verdict) {
  const { wanting, fine } = parted(verdict.rules);
  const list = h("div", { class: "rules" });
  if (wanting.length)
    list.append(
      h(
        "ul",
        { class: "rules__wanting", label: "verdict.wanting" },
        wanting.map((rule) => row(rule)),
      ),
    );
  if (fine.length) {
    list.append(
      h(
        "details",
        { class: "rules__fine" },
        h(
          "summary",
          {},
          icon("check"),
          h("span", { text: wanting.length ? "verdict.fine" : "verdict.all_fine", values: { n: fine.length } }),
          icon("down"),
        ),
        h(
          "ul",
          {},
          fine.map((rule) => row(rule)),
        ),
      ),
    );
  }
  return list;
}

// "（测得 11.4，要求 8）": appliance/portrait/texts.toml ends its sentences so, for lists without figures of their own.
const FIGURES = { zh: /（测得[^（）]*）$/, en: / \(measured [^()]*\)$/ };

/**
 * What to do, without the figures: those are a tap away.
 * @param {import("../types.js").Message} message
 */
export function plain(message) {
  return { zh: message.zh.replace(FIGURES.zh, ""), en: message.en.replace(FIGURES.en, "") };
}

/** @param {Rule} rule */
function row(rule) {
  const message = h("span", { class: "rule__message" });
  bindMessage(message, plain(rule.message));
  return h(
    "li",
    { class: `rule rule--${rule.outcome}`, "data-rule": rule.id },
    h(
      "details",
      {},
      h(
        "summary",
        {},
        h(
          "span",
          { class: "rule__mark", role: "img", label: NAMES[rule.outcome] ?? NAMES.unknown },
          icon(ICONS[rule.outcome] ?? "unknown"),
        ),
        message,
        icon("down"),
      ),
      h(
        "dl",
        { class: "rule__figures" },
        h("dt", { text: "rule.measured" }),
        h("dd", {}, withUnit(figure(rule.measured), rule.unit)),
        h("dt", { text: "rule.limit" }),
        h("dd", {}, withUnit(limitText(rule.limit), rule.unit)),
        h("dt", { text: "rule.id" }),
        h("dd", {}, h("code", {}, shown(rule.id))),
      ),
    ),
  );
}

/** @param {string} text @param {string} unit */
function withUnit(text, unit) {
  return unit ? `${text} ${shown(unit)}` : text;
}
