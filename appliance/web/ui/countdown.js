/** Seconds that pass in sight: a wait is borne when one sees it end. */

/**
 * Call `tell` now and each second with what is left, then `over` once. The tablet's own clock is never compared with the station's.
 * @param {number} seconds
 * @param {(left: number) => void} tell
 * @param {() => void} [over]
 * @returns {() => void} stop
 */
export function countDown(seconds, tell, over) {
  const end = performance.now() + seconds * 1_000;
  let timer = 0;
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1_000));
    tell(left);
    if (left > 0) return;
    clearInterval(timer);
    over?.();
  };
  timer = setInterval(tick, 1_000);
  tick();
  return () => clearInterval(timer);
}

/** @param {number} seconds @returns {string} 4:05 */
export function clockText(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
