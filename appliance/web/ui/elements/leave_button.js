/** The way out of a visit, the same wherever it is offered. */

import { button } from "./controls.js";
import { openSheet } from "./sheet.js";

/**
 * @param {import("../view.js").App} app
 * @param {Partial<import("./controls.js").ButtonOptions>} [look]
 */
export function leaveButton(app, look = {}) {
  const press = () =>
    openSheet(app, async () => {
      const { AbandonSheet } = await import("../sheets/abandon.js");
      return new AbandonSheet(app);
    });
  return button({ text: "abandon.open", icon: "leave", press, ...look });
}
