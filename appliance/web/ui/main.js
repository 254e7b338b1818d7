/** Where the page begins: texts, then the frame, then the line to the station. */

import { Actions } from "./actions.js";
import { api } from "./api.js";
import { loadTexts } from "./i18n.js";
import { Link } from "./link.js";
import { pairFromAddress } from "./screens/pairing.js";
import { StationApp } from "./station_app.js";
import { Store } from "./store.js";

const RETRY_MS = 2_000;

async function begin() {
  await textsForSure();
  const store = new Store();
  const link = new Link(store, api);
  const app = { store, api, link, actions: new Actions(store, api, link) };
  document.body.replaceChildren(new StationApp(app));
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

begin();
