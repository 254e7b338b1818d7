/** Who drives, in words that may be shown. */

import { shown } from "./safe_text.js";

/** @param {import("./types.js").Driving} driving */
export function whoDrives(driving) {
  return { tablet: shown(driving.tablet), name: shown(driving.operator) };
}
