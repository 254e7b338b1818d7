/** The station's HTTP interface, one function a call. Every failure is a Problem that can be shown. */

import { problemOf, unreachable } from "./problem.js";

// Longest honest answer: a 12-megapixel still taken, judged and cut. Beyond this the station is not answering.
const DEADLINE_MS = 20_000;

/**
 * @param {string} method
 * @param {string} path
 * @param {{json?: unknown, body?: BodyInit, type?: string}} [content]
 * @returns {Promise<any>} the JSON answer, or null for an empty one
 */
async function call(method, path, content = {}) {
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json, application/problem+json" };
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

/** @param {string} path @param {unknown} [json] */
const post = (path, json = {}) => call("POST", path, { json });

export const api = {
  pairing: () => call("GET", "/api/pairing"),
  /** @param {string} code */
  pair: (code) => post("/api/pairing", { code }),
  /** @returns {Promise<import("./types.js").Snapshot>} */
  state: () => call("GET", "/api/state"),
  /** @param {string} payload */
  code: (payload) => post("/api/visit/code", { payload }),
  /** @param {Blob} picture */
  codePicture: (picture) =>
    call("POST", "/api/visit/code-picture", { body: picture, type: picture.type || "application/octet-stream" }),
  /** @param {string} answer */
  verify: (answer) => post("/api/visit/verify", { answer }),
  /** @param {string} consentVersion */
  confirm: (consentVersion) => post("/api/visit/confirm", { record_confirmed: true, consent_version: consentVersion }),
  resume: () => post("/api/visit/resume"),
  shoot: () => post("/api/visit/shoot"),
  retake: () => post("/api/visit/retake"),
  /** @param {string} shot @param {{reason: string, note: string}|null} [exception] */
  accept: (shot, exception = null) => post("/api/visit/accept", { shot, exception }),
  /** @param {string} reason */
  abandon: (reason) => post("/api/visit/abandon", { reason }),
  next: () => post("/api/visit/next"),
  /** @param {number|string} id */
  retry: (id) => post(`/api/queue/${encodeURIComponent(id)}/retry`),
  /** @param {string} id */
  capture: (id) => call("GET", `/api/captures/${encodeURIComponent(id)}`),
  standIn: {
    read: () => call("GET", "/api/stand-in"),
    /** @param {string} id */
    person: (id) => call("PUT", "/api/stand-in/person", { json: { id } }),
    /** @param {Blob} picture */
    picture: (picture) => call("PUT", "/api/stand-in/person", { body: picture, type: picture.type }),
    nobody: () => call("DELETE", "/api/stand-in/person"),
    /** @param {string} payload */
    code: (payload) => call("PUT", "/api/stand-in/code", { json: { payload } }),
    noCode: () => call("DELETE", "/api/stand-in/code"),
    press: () => post("/api/stand-in/press"),
  },
};

/** @typedef {typeof api} Api */
