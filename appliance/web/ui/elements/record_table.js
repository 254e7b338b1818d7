/** The masked record, large. Names come from outside and may be long, missing, or carry marks of direction. */

import { h } from "../dom.js";
import { shown } from "../safe_text.js";

export const RECORD_ROWS = [
  { field: "name", label: "record.name" },
  { field: "number", label: "record.number" },
  { field: "student_number", label: "record.student_number" },
  { field: "school", label: "record.school" },
  { field: "level", label: "record.level" },
  { field: "type", label: "record.type" },
  { field: "major", label: "record.major" },
  { field: "class_name", label: "record.class_name" },
];

/**
 * @param {Object<string, string|null>|null} identity
 * @param {string[]} [wrong] fields that the student says are wrong
 * @returns {HTMLElement}
 */
export function recordTable(identity, wrong = []) {
  const mark = (/** @type {string} */ field) =>
    wrong.includes(field) && h("span", { class: "tag tag--bad", text: "record.wrong" });
  const rows = RECORD_ROWS.filter(({ field }) => field !== "name").map(({ field, label }) => [
    h("dt", { text: label }),
    h("dd", { dir: "auto" }, shown(identity?.[field]), mark(field)),
  ]);
  return h(
    "section",
    { class: "record", label: "record.title", tabindex: 0 },
    h("p", { class: "record__name", dir: "auto" }, shown(identity?.name), mark("name")),
    h("dl", { class: "record__rows" }, ...rows),
  );
}
