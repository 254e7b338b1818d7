/** The result: before and after, what is refused first, and the right next step as the biggest button. */

import { h } from "../dom.js";
import { button } from "../elements/controls.js";
import { photoPair } from "../elements/photo_pair.js";
import { parted, ruleList } from "../elements/rule_list.js";
import { openSheet } from "../elements/sheet.js";
import { icon } from "../icons.js";
import { figure, shown } from "../safe_text.js";
import { View } from "../view.js";

export class VerdictScreen extends View {
  build() {
    this.className = "screen screen--verdict";
    const { visit } = this.app.store.state;
    const shot = /** @type {import("../types.js").Shot} */ (visit?.shot);
    this.shot = shot;
    const passed = shot.verdict.verdict === "pass";
    this.dataset.verdict = shot.verdict.verdict;
    return [
      h("section", { class: "verdict__photos" }, photoPair(this.app, shot)),
      h(
        "section",
        { class: "panel panel--verdict" },
        headline(shot.verdict),
        passed && handedIn(visit?.identity),
        marks(visit),
        h(
          "div",
          { class: "panel__scroll", tabindex: 0, role: "region", label: "verdict.rules" },
          ruleList(shot.verdict),
        ),
        h("div", { class: "panel__actions" }, ...this.buttons(passed && !otherFace(visit), visit)),
      ),
    ];
  }

  shown() {
    if (this.querySelector(".rules__wanting")) this.draw();
  }

  /** The drawings come when they are there; the words never wait for them. */
  async draw() {
    const { drawingOf } = await import("../drawings.js");
    for (const row of this.querySelectorAll(".rules__wanting [data-rule]")) {
      const drawing = drawingOf(row.getAttribute("data-rule") ?? "");
      if (drawing) row.querySelector(".rule__mark")?.replaceChildren(drawing);
    }
  }

  /**
   * @param {boolean} passed by the rules, and not somebody else's face
   * @param {import("../types.js").Visit|undefined} visit
   */
  buttons(passed, visit) {
    const { actions: doing } = this.app;
    const actions = visit?.actions ?? [];
    // Where the likeness decides nothing, the tap says that the operator compared.
    const compare = visit?.face_match?.outcome === "undecided";
    const shot = /** @type {import("../types.js").Shot} */ (this.shot);
    const retake = actions.includes("retake")
      ? button({
          text: "verdict.retake",
          icon: "retake",
          rank: passed ? "secondary" : "primary",
          press: () => doing.run((api) => api.retake()),
        })
      : null;
    // An exception needs a standard photo to hand over, and people's judgement: never the first button, always two taps.
    const accept = !actions.includes("accept")
      ? null
      : passed
        ? button({
            text: compare ? "match.confirm" : "verdict.accept",
            icon: "check",
            rank: "primary",
            press: () => doing.run((api) => api.accept(shot.id, null, { face_confirmed: compare })),
          })
        : shot.after && button({ text: "verdict.exception", rank: "quiet", press: () => this.openException() });
    return [passed ? accept : retake, passed ? retake : accept].filter((found) => found instanceof HTMLElement);
  }

  openException() {
    const shot = String(this.shot?.id);
    openSheet(this.app, async () => {
      const { ExceptionSheet } = await import("../sheets/exception.js");
      return new ExceptionSheet(this.app, shot);
    });
  }
}

/** Somebody else's face than the ID card's: only an exception goes on. @param {import("../types.js").Visit|undefined} visit */
function otherFace(visit) {
  return visit?.face_match?.outcome === "different";
}

/** Whose photo it is, once more before it is handed in. @param {Object<string, string|null>|null|undefined} identity */
function handedIn(identity) {
  return h(
    "div",
    { class: "handed-in" },
    h("strong", { dir: "auto" }, shown(identity?.name)),
    h("span", { dir: "auto" }, shown(identity?.number)),
    h("span", { class: "quiet", dir: "auto" }, [identity?.school, identity?.major].map(shown).join(" · ")),
  );
}

/** What else the operator should see of this photo: whether it is the ID card's face, and that it came from an album. @param {import("../types.js").Visit|undefined} visit */
function marks(visit) {
  const match = visit?.face_match;
  const album = visit?.source === "album";
  if (!match && !album) return null;
  const looks = { same: "good", different: "bad", undecided: "warn" };
  const texts = { same: "match.same", different: "match.different", undecided: "match.undecided" };
  /** @type {Object<string, string>} */
  const values = match ? { score: figure(match.score), limit: figure(match.limit) } : {};
  return h(
    "p",
    { class: "marks" },
    match && h("span", { class: `tag tag--${looks[match.outcome]}`, text: texts[match.outcome], values }),
    album && h("span", { class: "tag tag--warn", text: "kept.album" }),
  );
}

/** @param {import("../types.js").Verdict} verdict */
function headline(verdict) {
  const { wanting } = parted(verdict.rules);
  const passed = verdict.verdict === "pass";
  const text = passed ? "verdict.pass" : verdict.verdict === "refuse" ? "verdict.refuse" : "verdict.unmeasurable";
  const lead = passed ? "verdict.pass_lead" : "verdict.refuse_lead";
  return h(
    "header",
    { class: `headline headline--${passed ? "good" : "bad"}` },
    h("span", { class: "headline__mark" }, icon(passed ? "check" : "retake")),
    h("div", {}, h("h1", { tabindex: -1, text }), h("p", { text: lead, values: { n: wanting.length } })),
  );
}

customElements.define("verdict-screen", VerdictScreen);
