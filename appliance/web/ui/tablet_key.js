/**
 * The tablet's own key: made in this browser, never to leave it. A copied cookie is nothing without it: from another address
 * the station asks for a signature (`appliance/web/tablet_key.py`).
 */

const DATABASE = "station-tablet";
const STORE = "keys";
const NAME = "tablet";
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNED = "station-tablet-proof\n";

/**
 * The public half for the station; null where the browser has no such keys (a page without TLS, a private window).
 * @returns {Promise<{x: string, y: string}|null>}
 */
export async function newKey() {
  try {
    const pair = await crypto.subtle.generateKey(CURVE, false, ["sign"]);
    const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    await kept("readwrite", (store) => store.put(pair.privateKey, NAME));
    return x && y ? { x, y } : null;
  } catch {
    return null;
  }
}

/**
 * The signature under the station's question; null where there is no key.
 * @param {string} question
 * @returns {Promise<string|null>}
 */
export async function signed(question) {
  try {
    const key = /** @type {CryptoKey|undefined} */ (await kept("readonly", (store) => store.get(NAME)));
    if (!key) return null;
    const bytes = new TextEncoder().encode(SIGNED + question);
    const raw = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, bytes);
    const text = btoa(String.fromCharCode(...new Uint8Array(raw)));
    return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  } catch {
    return null;
  }
}

/**
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} act
 * @returns {Promise<unknown>}
 */
function kept(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(request.result);
      };
      transaction.onerror = () => reject(transaction.error);
    };
  });
}
