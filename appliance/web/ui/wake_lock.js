/** A tablet at work must not go dark. Browsers allow this on HTTPS and on the station itself; elsewhere nothing happens. */

/** Keep the display on while the page is seen. */
export function keepAwake() {
  if (!("wakeLock" in navigator)) return;
  const ask = () => {
    // Refused when the battery is low or the page is hidden: the browser knows better then.
    if (!document.hidden)
      navigator.wakeLock.request("screen").catch((error) => console.info("wake lock:", error.message));
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
