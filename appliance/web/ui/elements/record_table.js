/** The masked record, large. Names come from outside and may be long, missing, or carry marks of direction. */

import { h } from "../dom.js";
import { shown } from "../safe_text.js";

const ROWS = [
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
 * @returns {HTMLElement}
 */
export function recordTable(identity) {
  const rows = ROWS.map(({ field, label }) => [
    h("dt", { text: label }),
    h("dd", { dir: "auto" }, shown(identity?.[field])),
  ]);
  return h(
    "section",
    { class: "record", label: "record.title" },
    h("p", { class: "record__name", dir: "auto" }, shown(identity?.name)),
    h("dl", { class: "record__rows" }, ...rows),
  );
}
