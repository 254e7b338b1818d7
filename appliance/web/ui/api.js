/** The station's HTTP interface, one function a call. Every failure is a Problem that can be shown. */

import { problemOf, unreachable } from "./problem.js";

/** @import * as station from "./station.d.ts" */

// Longest honest answer: a 12-megapixel still taken, judged and cut. Beyond this the station is not answering.
const DEADLINE_MS = 20_000;

/**
 * What goes with each request: the visit this page shows, so that a stale page changes nothing, and whether a student asks.
 * @type {{visit: string|null, student: boolean}}
 */
export const asking = { visit: null, student: false };

/**
 * @param {string} method
 * @param {string} path
 * @param {{json?: unknown, body?: BodyInit, type?: string}} [content]
 * @returns {Promise<any>} the JSON answer, or null for an empty one
 */
async function call(method, path, content = {}) {
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json, application/problem+json" };
  if (asking.student) headers["x-student-screen"] = "1";
  // A scanned code begins a visit whatever stood here before.
  if (asking.visit && path.startsWith("/api/visit/") && !path.startsWith("/api/visit/code")) {
    headers["x-visit"] = asking.visit;
  }
  let body = content.body;
  if (content.json !== undefined) {
    headers["content-type"] = "application/json";
    body = JSON.stringify(content.json);
  } else if (content.type) headers["content-type"] = content.type;
  let response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body,
      cache: "no-store",
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
  } catch {
    throw unreachable();
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return null;
  return response.json().catch(() => {
    throw unreachable();
  });
}

/** @typedef {station.PostBodies} PostBodies */
/** @typedef {station.PutBodies} PutBodies */

/**
 * @template {keyof PostBodies} P
 * @param {P} path
 * @param {PostBodies[P]} json
 */
const post = (path, json) => call("POST", path, { json });
/** @param {keyof PostBodies} path one that takes nothing */
const press = (path) => call("POST", path, { json: {} });
/**
 * @template {keyof PutBodies} P
 * @param {P} path
 * @param {PutBodies[P]} json
 */
const put = (path, json) => call("PUT", path, { json });

/** @param {Blob} picture */
const file = (picture) => ({ body: picture, type: picture.type || "application/octet-stream" });
const id = encodeURIComponent;

export const api = {
  /** @returns {Promise<station.Pairing>} */
  pairing: () => call("GET", "/api/pairing"),
  /** @param {station.PairingBody} body */
  pair: (body) => post("/api/pairing", body),
  /** @param {station.ProofBody} body */
  prove: (body) => post("/api/pairing/proof", body),
  tablets: {
    /** @returns {Promise<station.PairedTablets>} */
    read: () => call("GET", "/api/tablets"),
    /** @returns {Promise<station.PairingCode>} */
    invite: () => press("/api/pairing/code"),
    /** @param {number} number */
    remove: (number) => call("DELETE", `/api/tablets/${id(number)}`),
  },
  /** @returns {Promise<station.Snapshot>} */
  state: () => call("GET", "/api/state"),
  /** @param {string} payload @returns {Promise<station.Visit>} */
  code: (payload) => post("/api/visit/code", { payload }),
  /** @param {Blob} picture @returns {Promise<station.Visit>} */
  codePicture: (picture) => call("POST", "/api/visit/code-picture", file(picture)),
  /** @param {Blob} picture the portrait side of the student's ID card @returns {Promise<station.Visit>} */
  idCard: (picture) => call("POST", "/api/visit/id-card", file(picture)),
  /** @param {Blob} picture a portrait from the album @returns {Promise<station.Visit>} */
  importPhoto: (picture) => call("POST", "/api/visit/import", file(picture)),
  /** @param {string} answer @returns {Promise<station.Visit>} */
  verify: (answer) => post("/api/visit/verify", { answer }),
  /** @param {string} consentVersion @param {station.DetailsBody} [details] @returns {Promise<station.Visit>} */
  confirm: (consentVersion, details = {}) =>
    post("/api/visit/confirm", { record_confirmed: true, consent_version: consentVersion, ...details }),
  payment: {
    /** @returns {Promise<station.Visit>} */
    retry: () => press("/api/visit/payment/retry"),
    /** @returns {Promise<station.Visit>} */
    defer: () => press("/api/visit/payment/defer"),
    /** @returns {Promise<station.Visit>} */
    cancel: () => press("/api/visit/payment/cancel"),
    /** @param {string} number @returns {Promise<station.Visit>} */
    voucher: (number) => post("/api/visit/payment/voucher", { number }),
  },
  /** @returns {Promise<station.Visit>} */
  resume: () => press("/api/visit/resume"),
  /** @returns {Promise<station.Visit>} */
  shoot: () => press("/api/visit/shoot"),
  /** @returns {Promise<station.Visit>} */
  retake: () => press("/api/visit/retake"),
  /**
   * @param {string} shot
   * @param {station.ExceptionBody|null} [exception]
   * @param {{pin?: string, face_confirmed?: boolean}} [more]
   */
  accept: (shot, exception = null, more = {}) => {
    const said = Object.entries(more).filter(([, value]) => value);
    return post("/api/visit/accept", { shot, exception, ...Object.fromEntries(said) });
  },
  /** @param {string} reason @returns {Promise<station.Visit>} */
  abandon: (reason) => post("/api/visit/abandon", { reason }),
  /** @returns {Promise<station.Visit>} */
  next: () => press("/api/visit/next"),
  /** @param {number|string} row @returns {Promise<station.Queue>} */
  retry: (row) => press(`/api/queue/${id(row)}/retry`),
  /** @param {string} wish @returns {Promise<station.Queue>} */
  retryWish: (wish) => press(`/api/queue/wishes/${id(wish)}/retry`),
  /** @param {string} capture @returns {Promise<station.CaptureState>} */
  capture: (capture) => call("GET", `/api/captures/${id(capture)}`),
  /** @returns {Promise<station.Plans>} */
  plans: () => call("GET", "/api/plans"),
  /** @param {string} plan @returns {Promise<station.Plans>} */
  usePlan: (plan) => put("/api/plans/current", { id: plan }),
  people: {
    /** @returns {Promise<station.People>} */
    read: () => call("GET", "/api/people"),
    /** @param {station.NewPersonBody} person @returns {Promise<station.Operator>} */
    add: (person) => post("/api/people", person),
    /** @param {string} person @param {station.PersonChangeBody} changes @returns {Promise<station.Operator>} */
    change: (person, changes) => put(`/api/people/${id(person)}`, changes),
    /** @param {string} person */
    remove: (person) => call("DELETE", `/api/people/${id(person)}`),
  },
  /** @param {string} operator @param {string} pin */
  signIn: (operator, pin) => post("/api/session", { operator, pin }),
  signOut: () => call("DELETE", "/api/session"),
  /** @returns {Promise<station.Driving>} */
  takeOver: () => post("/api/drive", { take_over: true }),
  records: {
    /** @param {string} query @param {string} state @returns {Promise<station.RecordList>} */
    search: (query, state) =>
      call("GET", `/api/records?${new URLSearchParams({ ...(query && { query }), ...(state && { state }) })}`),
    /** @returns {Promise<station.RecordList>} */
    recall: () => call("GET", "/api/records/recall"),
    /** @param {string} payload @returns {Promise<station.LookedUp>} */
    lookup: (payload) => post("/api/records/lookup", { payload }),
    /** @param {string} capture @returns {Promise<station.KeptWhole>} */
    read: (capture) => call("GET", `/api/records/${id(capture)}`),
    /** @param {string} capture @param {station.WithdrawBody["reason"]} reason @returns {Promise<station.Kept>} */
    withdraw: (capture, reason) => post(`/api/records/${id(capture)}/withdraw`, { reason }),
    /** @param {string} capture @param {station.ReportBody["category"]} category @param {string} text @returns {Promise<station.ReportFiled>} */
    report: (capture, category, text) => post(`/api/records/${id(capture)}/report`, { category, text }),
    /** @param {string} capture @returns {Promise<station.Erased>} */
    forget: (capture) => press(`/api/records/${id(capture)}/forget`),
  },
  technician: {
    /** @returns {Promise<station.DoctorReport>} */
    doctor: () => call("GET", "/api/doctor"),
    /** @returns {Promise<station.CameraFigures>} */
    camera: () => call("GET", "/api/technician/camera"),
    /** @param {station.LampLevel} level */
    lamps: (level) => put("/api/technician/lamps", { level }),
    /** @returns {Promise<station.Rehearsal>} */
    rehearsal: () => call("GET", "/api/technician/rehearsal"),
    /** @returns {Promise<station.Rehearsal>} */
    rehearse: () => press("/api/technician/rehearsal"),
    /** @returns {Promise<station.Log>} */
    logs: () => call("GET", "/api/technician/logs"),
  },
  calibration: {
    /** @returns {Promise<station.CalibrationShown>} */
    read: () => call("GET", "/api/calibration"),
    /** @param {"focus"|"grey"|"backdrop"|"lens"} step @returns {Promise<station.CalibrationShown>} */
    begin: (step) => press(`/api/calibration/steps/${step}`),
    /** @returns {Promise<station.CalibrationShown>} */
    finish: () => press("/api/calibration/finish"),
    /** @returns {Promise<station.CalibrationShown>} */
    undo: () => press("/api/calibration/undo"),
    /** @param {number} number @returns {Promise<station.CalibrationShown>} */
    use: (number) => post("/api/calibration/use", { number }),
  },
  update: {
    /** @returns {Promise<station.UpdateShown>} */
    read: () => call("GET", "/api/update"),
    /** @returns {Promise<station.UpdateShown>} */
    look: () => press("/api/update/look"),
    /** @returns {Promise<station.UpdateShown>} */
    apply: () => press("/api/update/apply"),
    /** @returns {Promise<station.UpdateShown>} */
    rollback: () => press("/api/update/rollback"),
  },
  standIn: {
    /** @returns {Promise<station.StandInStage>} */
    read: () => call("GET", "/api/stand-in"),
    /** @param {string} id */
    person: (id) => call("PUT", "/api/stand-in/person", { json: { id } }),
    /** @param {Blob} picture */
    picture: (picture) => call("PUT", "/api/stand-in/person", { body: picture, type: picture.type }),
    nobody: () => call("DELETE", "/api/stand-in/person"),
    /** @param {string} payload */
    code: (payload) => put("/api/stand-in/code", { payload }),
    noCode: () => call("DELETE", "/api/stand-in/code"),
    press: () => press("/api/stand-in/press"),
  },
};

/** @typedef {typeof api} Api */
