/** Captures on this station: searched, found again by the code, and who has to come back. */

import { h, refill } from "../dom.js";
import { button, iconButton } from "../elements/controls.js";
import { openSheet } from "../elements/sheet.js";
import { bindMessage, language } from "../i18n.js";
import { icon } from "../icons.js";
import { Problem } from "../problem.js";
import { FILTERS, KEPT_STATES, when } from "../record_state.js";
import { shown } from "../safe_text.js";
import { View } from "../view.js";

/** @typedef {import("../types.js").Kept} Kept */
/** @typedef {""|"recall"|Kept["state"]} Filter */

// A person who types pauses longer than this between two words, not between two letters.
const TYPING_MS = 250;

/** @typedef {{records: import("../types.js").Kept[], counts?: Record<string, number>}} Found a code's answer counts nothing */

export class RecordsScreen extends View {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app);
    this.className = "screen screen--records";
    /** @type {Filter} */
    this.filter = "";
    this.typing = 0;
    this.asked = 0;
    this.field = h("input", {
      class: "field",
      type: "search",
      autocomplete: "off",
      spellcheck: "false",
      label: "records.search",
      hint: "records.search",
      on: { input: () => this.typed() },
    });
    this.filters = h("div", { class: "filters", role: "group", label: "records.filter" });
    this.list = h("ul", { class: "kept-list" });
    this.said = h("p", { class: "lead kept-list__said", role: "status" });
  }

  build() {
    return [
      h(
        "header",
        { class: "page-head" },
        iconButton({ label: "records.back", icon: "back", press: () => this.app.store.set({ page: "today" }) }),
        h("h1", { tabindex: -1, text: "records.title" }),
      ),
      h(
        "div",
        { class: "records__tools" },
        h("div", { class: "search" }, icon("search"), this.field),
        button({ text: "records.by_code", icon: "code", press: () => this.openCode() }),
      ),
      this.filters,
      h("div", { class: "kept-scroll", tabindex: 0, role: "region", label: "records.title" }, this.said, this.list),
    ];
  }

  shown() {
    this.listen(this, "scanned", (/** @type {CustomEvent<string>} */ event) => this.lookUp(event.detail));
    this.stops.push(() => clearTimeout(this.typing));
    // A result that comes down, an upload that succeeds: the list follows.
    this.watch(["counters"], () => this.refresh());
  }

  typed() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.refresh(), TYPING_MS);
  }

  /** @param {Filter} filter */
  choose(filter) {
    this.filter = filter;
    this.refresh();
  }

  refresh() {
    const { records } = this.app.api;
    const query = this.field.value.trim();
    const recall = this.filter === "recall";
    return this.ask(() => (recall ? records.recall() : records.search(query, this.filter)));
  }

  /** @param {string} payload */
  async lookUp(payload) {
    this.field.value = "";
    this.filter = "";
    const found = await this.ask(() => this.app.api.records.lookup(payload));
    if (found?.length === 1) this.open(found[0]);
  }

  /**
   * Answers may overtake each other; only the newest question's is shown.
   * @param {() => Promise<Found>} question
   */
  async ask(question) {
    const number = (this.asked += 1);
    try {
      const answer = await question();
      if (number !== this.asked) return null;
      this.draw(answer);
      return answer.records;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (number === this.asked) this.app.store.set({ problem: error });
      return null;
    }
  }

  /** @param {Found} found */
  draw({ records, counts }) {
    this.drawFilters(counts);
    this.said.hidden = records.length > 0;
    if (!records.length)
      bindMessage(this.said, { key: this.filter === "recall" ? "records.no_recall" : "records.none" });
    refill(
      this.list,
      records.map((record) => h("li", {}, this.row(record))),
    );
  }

  /** @param {Object<string, number>|undefined} counts */
  drawFilters(counts) {
    const recalled = this.app.store.state.counters?.recalled;
    const one = (/** @type {Filter} */ filter, /** @type {string} */ text, /** @type {number|undefined} */ number) =>
      h(
        "button",
        {
          type: "button",
          class: "filter",
          "aria-pressed": String(this.filter === filter),
          on: { click: () => this.choose(filter) },
        },
        h("span", { text }),
        number !== undefined && h("span", { class: "filter__count" }, String(number)),
      );
    const focused = document.activeElement?.classList.contains("filter");
    refill(
      this.filters,
      one("", "records.all", undefined),
      one("recall", "records.recall", recalled),
      FILTERS.map((state) => one(state, KEPT_STATES[state].text, counts?.[state])),
    );
    if (focused) /** @type {HTMLElement|null} */ (this.filters.querySelector("[aria-pressed=true]"))?.focus();
  }

  /** @param {Kept} record */
  row(record) {
    const state = KEPT_STATES[record.state];
    const [first] = record.reasons;
    const why = h("span", { class: "kept__why" });
    if (first) bindMessage(why, first.message);
    const { identity } = record;
    return h(
      "button",
      { type: "button", class: "kept", on: { click: () => this.open(record) } },
      record.photo
        ? h("img", { class: "kept__photo", src: record.photo, alt: "", loading: "lazy" })
        : h("span", { class: "kept__photo kept__photo--none" }, icon("person")),
      h(
        "span",
        { class: "kept__words" },
        h("strong", { dir: "auto" }, shown(identity?.name)),
        h(
          "span",
          { class: "quiet", dir: "auto" },
          [identity?.student_number, identity?.class_name].map(shown).join(" · "),
        ),
        first && why,
      ),
      h(
        "span",
        { class: "kept__side" },
        h("span", { class: `tag tag--${state.look}`, text: state.text }),
        h("span", { class: "quiet" }, when(record.accepted_at, language())),
      ),
    );
  }

  /** @param {Kept} record */
  open(record) {
    openSheet(this.app, async () => {
      const { RecordSheet } = await import("../sheets/record.js");
      return new RecordSheet(this.app, record, () => this.refresh());
    });
  }

  openCode() {
    openSheet(this.app, async () => {
      const { TypedCodeSheet } = await import("../sheets/typed_code.js");
      return new TypedCodeSheet(this.app, (payload) => this.lookUp(payload));
    });
  }
}

customElements.define("records-screen", RecordsScreen);
