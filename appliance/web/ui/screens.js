/** The screens by name. Each is fetched when first wanted, or before, while nothing else happens: the page opens sooner. */

import { laterStyles } from "./styles.js";

/** @typedef {new (app: import("./view.js").App) => HTMLElement} Screen */

/** @type {Record<import("./router.js").ScreenName, () => Promise<Screen>>} */
const SCREENS = {
  starting: async () => (await import("./screens/starting.js")).StartingScreen,
  pairing: async () => (await import("./screens/pairing.js")).PairingScreen,
  signin: async () => (await import("./screens/signin.js")).SignInScreen,
  today: async () => (await import("./screens/today.js")).TodayScreen,
  scan: async () => (await import("./screens/scan.js")).ScanScreen,
  verify: async () => (await import("./screens/verify.js")).VerifyScreen,
  confirm: async () => (await import("./screens/confirm.js")).ConfirmScreen,
  paying: async () => (await import("./screens/paying.js")).PayingScreen,
  records: async () => (await import("./screens/records.js")).RecordsScreen,
  technician: async () => (await import("./screens/technician.js")).TechnicianScreen,
  framing: async () => (await import("./screens/framing.js")).FramingScreen,
  verdict: async () => (await import("./screens/verdict.js")).VerdictScreen,
  saving: async () => (await import("./screens/done.js")).SavingScreen,
  done: async () => (await import("./screens/done.js")).DoneScreen,
  refused: async () => (await import("./screens/trouble.js")).RefusedScreen,
  fault: async () => (await import("./screens/trouble.js")).FaultScreen,
};

// After the first screen stands and has its data.
const QUIET_MS = 1_500;

/** What a page opens with; the others' looks are fetched with them. @type {Set<string>} */
const FIRST = new Set(["starting", "pairing", "today"]);

/**
 * @param {import("./router.js").ScreenName} name
 * @throws {Error} when it cannot be fetched
 */
export async function loadScreen(name) {
  const [Screen] = await Promise.all([SCREENS[name](), FIRST.has(name) ? null : laterStyles()]);
  return Screen;
}

/** Fetch the others before they are wanted. */
export function loadTheRest() {
  setTimeout(() => {
    const others = [laterStyles, ...Object.values(SCREENS)];
    for (const load of others) load().catch((error) => console.warn(error));
  }, QUIET_MS);
}
