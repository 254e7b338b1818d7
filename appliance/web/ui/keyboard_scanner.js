/** A USB scanner types like a very fast keyboard and ends with Enter: such a burst is a code, wherever the focus is. */

// People reach about 15 keys a second; scanners send one every 1 to 20 ms.
const LONGEST_GAP_MS = 45;
const SHORTEST_CODE = 8;

/**
 * @param {EventTarget} target
 * @param {(payload: string) => void} onCode
 * @param {() => number} [now] milliseconds, monotonic
 * @returns {() => void} stop listening
 */
export function listenForScanner(target, onCode, now = () => performance.now()) {
  let typed = "";
  let at = 0;
  const onKey = (/** @type {Event} */ raw) => {
    const event = /** @type {KeyboardEvent} */ (raw);
    const gap = now() - at;
    at = now();
    if (gap > LONGEST_GAP_MS) typed = "";
    if (event.key === "Enter" && typed.length >= SHORTEST_CODE) {
      event.preventDefault();
      event.stopPropagation();
      const payload = typed;
      typed = "";
      onCode(payload);
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) typed += event.key;
  };
  target.addEventListener("keydown", onKey, true);
  return () => target.removeEventListener("keydown", onKey, true);
}
