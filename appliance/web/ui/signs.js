/** The seven things a day depends on, drawn together from health list, devices and queue. */

/** @typedef {import("./types.js").HealthItem} HealthItem */
/** @typedef {import("./i18n.js").Said} Said */
/** @typedef {"queue"|"storage"|"light"|"camera"|"power"|"network"|"clock"} SignName */
/** @typedef {{id: SignName, state: HealthItem["state"], lines: Said[]}} Sign */

/** @type {Record<SignName, {drawing: string, name: string, items: string[], device?: string}>} */
export const SIGNS = {
  queue: { drawing: "waiting", name: "health.queue", items: [] },
  storage: { drawing: "storage", name: "health.storage", items: ["disk", "wear"] },
  light: { drawing: "lamp", name: "health.light", items: ["light", "calibration"], device: "lamps" },
  camera: { drawing: "camera", name: "health.camera", items: ["camera"], device: "camera" },
  power: { drawing: "power", name: "health.power", items: ["supply", "battery", "ups", "heat", "throttling"] },
  network: { drawing: "cloud", name: "health.network", items: [] },
  clock: { drawing: "clock", name: "health.clock", items: ["clock", "rtc"] },
};
/** Worst first. */
const ORDER = /** @type {const} */ (["bad", "warn", "ok", "unknown"]);

/**
 * @param {import("./types.js").State} state
 * @returns {Sign[]} in the order of the strip; nothing before the station has told
 */
export function signsOf({ health, devices, queue }) {
  if (!queue) return [];
  return /** @type {SignName[]} */ (Object.keys(SIGNS)).map((id) => {
    if (id === "queue") return sign(id, queue.parked > 0 ? "warn" : "ok", [queueLine(queue)]);
    if (id === "network") {
      const stopped = (health ?? []).find(({ name }) => name === "platform");
      return stopped ? sign(id, stopped.state, [line(stopped)]) : network(queue);
    }
    const { items, device: name } = SIGNS[id];
    const found = (health ?? []).filter((item) => items.includes(item.name));
    const device = (devices ?? []).find((one) => one.name === name);
    const ill = device && device.state !== "ready";
    const states = [...found.map((item) => item.state), ...(device ? [ill ? "bad" : "ok"] : [])];
    const worst = ORDER.find((one) => states.includes(one)) ?? "unknown";
    const lines = found.filter(({ state }) => state !== "unknown").map(line);
    if (device && (ill || !lines.length)) lines.push(saidOf(ill ? device.advice || device.detail : device.detail));
    return sign(id, worst, lines);
  });
}

/** @param {SignName} id @param {Sign["state"]} state @param {Said[]} lines @returns {Sign} */
function sign(id, state, lines) {
  return { id, state, lines };
}

/** @param {import("./types.js").Queue} queue */
function network(queue) {
  const key = { true: "health.online", false: "health.offline", null: "health.no_word" }[String(queue.online)];
  const state = queue.online === true ? "ok" : queue.online === false ? "warn" : "unknown";
  return sign("network", state, [{ key: key ?? "health.no_word" }]);
}

/** @param {import("./types.js").Queue} queue @returns {Said} */
function queueLine({ waiting, parked, bytes_waiting }) {
  const values = { waiting, parked, mb: (bytes_waiting / 1e6).toFixed(1) };
  return { key: parked ? "health.parked" : "health.waits", values };
}

/** What an item says: its advice when something is to be done, else its figure. @param {HealthItem} item @returns {Said} */
function line({ state, title, value, unit, advice }) {
  if (state !== "ok" && advice) return advice;
  if (typeof value !== "number") return title;
  const figure = ` ${value}${unit ? ` ${unit}` : ""}`;
  return { zh: title.zh + figure, en: title.en + figure };
}

/** @param {string|import("./types.js").Message|null} words @returns {Said} */
function saidOf(words) {
  return typeof words === "string" || !words ? { zh: words ?? "", en: words ?? "" } : words;
}
