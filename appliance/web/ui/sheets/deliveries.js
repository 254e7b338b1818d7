/** What is on its way to the platform, and what was parked: why, how often tried, and the button that tries again. */

import { h, refill } from "../dom.js";
import { button } from "../elements/controls.js";
import { Sheet } from "../elements/sheet.js";
import { icon } from "../icons.js";
import { shown } from "../safe_text.js";

/** @type {Record<string, string>} */
const KINDS = { record: "kind.record", photo: "kind.photo", original: "kind.original", receipt: "kind.receipt" };
/** @type {Record<string, string>} */
const WISHES = { withdrawal: "kind.withdrawal", report: "kind.report" };

export class DeliveriesSheet extends Sheet {
  /** @param {import("../view.js").App} app */
  constructor(app) {
    super(app, "queue.title", { wide: true });
    this.summary = h("div", { class: "tiles" });
    this.state = h("div");
    this.list = h("ul", { class: "parked" });
  }

  content() {
    return [this.summary, this.state, this.list];
  }

  shown() {
    super.shown();
    this.watch(["queue"], ({ queue }) => queue && this.show(queue));
  }

  /** @param {import("../types.js").Queue} queue */
  show(queue) {
    const items = queue.parked_items ?? [];
    refill(
      this.summary,
      tile("waiting", "queue.waiting", queue.waiting),
      tile("parked", "queue.parked", queue.parked),
      tile("done", "queue.receipted", queue.receipted),
    );
    refill(
      this.state,
      h("p", { class: "sheet__lead", text: lineOf(queue), values: { mb: (queue.bytes_waiting / 1e6).toFixed(1) } }),
      queue.paused && h("p", { class: "sheet__lead", text: "queue.paused" }),
      queue.progress && h("p", { class: "quiet", text: "queue.progress", values: progressOf(queue.progress) }),
      queue.originals_held > 0 && h("p", { class: "quiet", text: "queue.held", values: { n: queue.originals_held } }),
      queue.last_error && queue.waiting > 0 && h("p", { class: "quiet", dir: "auto" }, shown(queue.last_error)),
    );
    refill(
      this.list,
      items.map((item) => this.row(item, KINDS[item.kind], (api) => api.retry(item.id))),
      (queue.parked_wishes ?? []).map((wish) => this.row(wish, WISHES[wish.kind], (api) => api.retryWish(wish.id))),
    );
  }

  /**
   * @param {import("../types.js").ParkedItem|import("../types.js").ParkedWish} item
   * @param {string|undefined} kind
   * @param {(api: import("../api.js").Api) => Promise<unknown>} retry
   */
  row(item, kind, retry) {
    return h(
      "li",
      { class: "parked__item" },
      h(
        "div",
        {},
        h("strong", { text: kind ?? "kind.other" }),
        item.capture_id && h("code", {}, shown(item.capture_id).slice(0, 8)),
        h("p", { dir: "auto" }, shown(item.error)),
        h("p", { class: "quiet", text: "queue.attempts", values: { n: item.attempts } }),
      ),
      button({ text: "queue.retry", icon: "retake", press: () => this.app.actions.run(retry) }),
    );
  }
}

/** @param {import("../types.js").Queue} queue */
function lineOf(queue) {
  if (queue.waiting === 0 && queue.parked === 0) return "queue.all_delivered";
  if (queue.online === true) return "queue.delivering";
  return "queue.kept";
}

/**
 * @param {import("../station.d.ts").UploadProgress} progress
 * @returns {Record<string, string>}
 */
function progressOf(progress) {
  return {
    sent: (progress.sent / 1e6).toFixed(1),
    total: (progress.total / 1e6).toFixed(1),
    rate: (progress.bytes_per_s / 1e3).toFixed(0),
    left: progress.seconds_left === null ? "–" : progress.seconds_left.toFixed(0),
  };
}

/** @param {string} drawing @param {string} text @param {number} number */
function tile(drawing, text, number) {
  return h(
    "div",
    { class: `tile tile--${drawing}` },
    icon(drawing),
    h("strong", {}, String(number)),
    h("span", { text }),
  );
}

customElements.define("deliveries-sheet", DeliveriesSheet);
