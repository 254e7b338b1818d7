/** The page itself stays on the tablet, so that it opens while the station restarts. Needs HTTPS, or the station itself. */

/** Hand the shell to the service worker; for the whole page where the station allows it, else for `/ui/`. */
export async function keepShell() {
  if (!("serviceWorker" in navigator)) return;
  for (const scope of ["/", "/ui/"]) {
    try {
      await navigator.serviceWorker.register("/ui/sw.js", { scope });
      return;
    } catch (error) {
      console.info(`service worker for ${scope}:`, error);
    }
  }
}
