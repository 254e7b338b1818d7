/** What an operator turns towards the student: how to get the code, how to sit, and the questions everybody asks. */

import { h, refill } from "../dom.js";
import { figure } from "../drawings.js";
import { Sheet } from "../elements/sheet.js";
import { bindMessage } from "../i18n.js";
import { icon } from "../icons.js";
import { shown } from "../safe_text.js";

/** @typedef {"code"|"photo"|"questions"|"service"} Chapter */
/** @typedef {import("../types.js").Plan|null|undefined} PlanOrNone */

/** @type {Array<{id: Chapter, text: string, content: (plan: PlanOrNone) => Element[]}>} */
const CHAPTERS = [
  { id: "code", text: "guide.code", content: waysToTheCode },
  { id: "photo", text: "guide.photo", content: howToSit },
  { id: "questions", text: "guide.questions", content: questions },
  { id: "service", text: "guide.service", content: service },
];

const WAYS = [
  { title: "code_help.account", steps: ["code_help.account_1", "code_help.account_2", "code_help.account_3"] },
  { title: "code_help.app", steps: ["code_help.app_1", "code_help.app_2", "code_help.app_3"] },
  { title: "code_help.site", steps: ["code_help.site_1", "code_help.site_2", "code_help.site_3"] },
];

/** @type {Array<{text: string, fault?: import("../drawings.js").Fault}>} */
const LOOKS = [
  { text: "look.good" },
  { text: "look.tilt", fault: { pose: "tilt" } },
  { text: "look.mouth", fault: { mouth: "smile" } },
  { text: "look.eyes", fault: { eyes: "closed" } },
  { text: "look.fringe", fault: { hair: "fringe" } },
  { text: "look.ears", fault: { hair: "ears" } },
  { text: "look.hat", fault: { wears: "hat" } },
  { text: "look.tinted", fault: { glasses: "tinted" } },
  { text: "look.glare", fault: { glasses: "glare" } },
  { text: "look.jewellery", fault: { wears: "earrings" } },
  { text: "look.shoulders", fault: { pose: "slope" } },
  { text: "look.clothes", fault: { wears: "stripes" } },
];

const QUESTIONS = [
  { question: "ask.clothes", answer: "ask.clothes_answer" },
  { question: "ask.glasses", answer: "ask.glasses_answer" },
  { question: "ask.background", answer: "ask.background_answer" },
  { question: "ask.beauty", answer: "ask.beauty_answer" },
  { question: "ask.unread", answer: "ask.unread_answer" },
  { question: "ask.record", answer: "ask.record_answer" },
  { question: "ask.refused", answer: "ask.refused_answer" },
  { question: "ask.fee", answer: "ask.fee_answer" },
];

export class GuideSheet extends Sheet {
  /** @param {import("../view.js").App} app @param {Chapter} chapter */
  constructor(app, chapter) {
    super(app, "guide.title", { wide: true, follows: (state) => `${state.visit?.id} ${state.visit?.state}` });
    this.tabs = CHAPTERS.map(({ id, text }) =>
      h("button", {
        type: "button",
        role: "tab",
        class: "tab",
        id: `tab-${id}`,
        text,
        "aria-controls": "chapter",
        on: { click: () => this.turn(id) },
      }),
    );
    this.chapter = h("div", { class: "chapter", id: "chapter", role: "tabpanel", tabindex: 0 });
    this.turn(chapter);
  }

  content() {
    const list = h("div", {
      class: "tabs",
      role: "tablist",
      on: { keydown: (/** @type {KeyboardEvent} */ event) => this.move(event) },
    });
    list.append(...this.tabs);
    return [list, this.chapter];
  }

  /** @param {Chapter} wanted */
  turn(wanted) {
    CHAPTERS.forEach(({ id, content }, index) => {
      const here = id === wanted;
      this.tabs[index].setAttribute("aria-selected", String(here));
      this.tabs[index].tabIndex = here ? 0 : -1;
      if (here) refill(this.chapter, content(this.app.store.state.plan));
    });
    this.chapter.setAttribute("aria-labelledby", `tab-${wanted}`);
  }

  /** Arrow keys turn the page, as in every list of tabs. @param {KeyboardEvent} event */
  move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = this.tabs.findIndex((tab) => tab.tabIndex === 0);
    const next = (at + step + this.tabs.length) % this.tabs.length;
    this.turn(CHAPTERS[next].id);
    this.tabs[next].focus();
  }
}

function waysToTheCode() {
  return [
    h("p", { class: "sheet__lead", text: "code_help.lead" }),
    h(
      "div",
      { class: "ways" },
      WAYS.map(({ title, steps }) =>
        h(
          "section",
          { class: "way" },
          h("h3", { text: title }),
          h(
            "ol",
            {},
            steps.map((text) => h("li", { text })),
          ),
        ),
      ),
    ),
    h("p", { class: "quiet", text: "code_help.note" }),
  ];
}

function howToSit() {
  return [
    h("p", { class: "sheet__lead", text: "look.lead" }),
    h(
      "ul",
      { class: "looks" },
      LOOKS.map(({ text, fault }) =>
        h("li", { class: `look look--${fault ? "wrong" : "right"}` }, figure(fault), h("span", { text })),
      ),
    ),
  ];
}

/** The plan's own questions first: they are about this school. @param {PlanOrNone} plan */
function questions(plan) {
  const own = (plan?.help ?? []).map(({ question, answer }) => {
    const [asked, answered] = [h("summary", { dir: "auto" }), h("p", { dir: "auto" })];
    bindMessage(asked, question);
    bindMessage(answered, answer);
    return h("details", {}, asked, answered);
  });
  return [
    h(
      "div",
      { class: "questions" },
      own,
      QUESTIONS.map(({ question, answer }) =>
        h("details", {}, h("summary", { text: question }), h("p", { text: answer })),
      ),
    ),
  ];
}

/** Whom to turn to, as the plan says. @param {PlanOrNone} plan */
function service(plan) {
  const desk = plan?.service;
  if (!desk) return [h("p", { class: "sheet__lead", text: "service.none" })];
  const [hours, note] = [h("p", { class: "service__hours", dir: "auto" }), h("p", { class: "quiet", dir: "auto" })];
  bindMessage(hours, desk.hours);
  bindMessage(note, desk.note);
  return [
    h("p", { class: "sheet__lead", text: "service.lead" }),
    h(
      "div",
      { class: "service" },
      desk.phone && h("p", { class: "service__phone" }, icon("phone"), h("span", {}, shown(desk.phone))),
      hours,
      desk.note && note,
    ),
    h("p", { class: "quiet", text: "service.report" }),
  ];
}

customElements.define("guide-sheet", GuideSheet);
