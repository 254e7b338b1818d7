/** What both pages begin with: texts, the store, and the line to the station. */

import { Actions } from "./actions.js";
import { api, asking } from "./api.js";
import { loadTexts } from "./i18n.js";
import { Link } from "./link.js";
import { pairFromAddress } from "./pairing.js";
import { keepShell } from "./offline.js";
import { Store } from "./store.js";
import { keepAwake } from "./wake_lock.js";

const RETRY_MS = 2_000;

/**
 * Build a page and keep it in step with the station for as long as it lives.
 * @param {(app: import("./view.js").App) => HTMLElement} build
 */
export async function start(build) {
  await textsForSure();
  const store = new Store();
  const link = new Link(store, api);
  const app = { store, api, link, actions: new Actions(store, api, link) };
  store.watch(["visit"], ({ visit }) => (asking.visit = visit?.id ?? null));
  document.body.replaceChildren(build(app));
  keepAwake();
  keepShell();
  await pairFromAddress(app);
  addEventListener("hashchange", () => pairFromAddress(app));
  await link.run();
}

/** The station may be restarting just while the page loads. */
async function textsForSure() {
  for (;;) {
    try {
      await loadTexts();
      return;
    } catch (error) {
      console.warn(error);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
