/**
 * Keeps the page's own files, so that it opens without the station. The network always comes first: what an updated station
 * serves replaces what is kept, and two versions are never mixed for longer than one request.
 */

const KEPT = "station-shell";
const PATIENCE_MS = 3_000;
/** Every file of the page; `tests/e2e/test_ui_files.py` holds this list equal to what is there. */
const SHELL = [
  "/",
  "/ui/actions.js",
  "/ui/api.js",
  "/ui/countdown.js",
  "/ui/css/base.css",
  "/ui/css/calibration.css",
  "/ui/css/confirming.css",
  "/ui/css/controls.css",
  "/ui/css/done.css",
  "/ui/css/drawings.css",
  "/ui/css/frame.css",
  "/ui/css/framing.css",
  "/ui/css/mirror.css",
  "/ui/css/narrow.css",
  "/ui/css/pages.css",
  "/ui/css/paying.css",
  "/ui/css/receipt.css",
  "/ui/css/records.css",
  "/ui/css/scan_confirm.css",
  "/ui/css/screens.css",
  "/ui/css/sheets.css",
  "/ui/css/stage.css",
  "/ui/css/stand_in.css",
  "/ui/css/technician.css",
  "/ui/css/today.css",
  "/ui/css/tokens.css",
  "/ui/css/upright.css",
  "/ui/css/verdict.css",
  "/ui/css/visit_bar.css",
  "/ui/dom.js",
  "/ui/drawings.js",
  "/ui/driving.js",
  "/ui/elements/controls.js",
  "/ui/elements/details_form.js",
  "/ui/elements/drive_banner.js",
  "/ui/elements/earlier_line.js",
  "/ui/elements/guidance_line.js",
  "/ui/elements/guidance_source.js",
  "/ui/elements/health_strip.js",
  "/ui/elements/key_pad.js",
  "/ui/elements/leave_button.js",
  "/ui/elements/live_picture.js",
  "/ui/elements/notice_line.js",
  "/ui/elements/photo_pair.js",
  "/ui/elements/picture_input.js",
  "/ui/elements/record_table.js",
  "/ui/elements/rule_list.js",
  "/ui/elements/sheet.js",
  "/ui/elements/shutter_button.js",
  "/ui/elements/stand_in_drawer.js",
  "/ui/elements/status_bar.js",
  "/ui/elements/visit_bar.js",
  "/ui/elements/voice_button.js",
  "/ui/event_stream.js",
  "/ui/i18n.js",
  "/ui/icon.svg",
  "/ui/icons.js",
  "/ui/index.html",
  "/ui/keyboard_scanner.js",
  "/ui/link.js",
  "/ui/main.js",
  "/ui/manifest.webmanifest",
  "/ui/mirror.html",
  "/ui/mirror/framing.js",
  "/ui/mirror/main.js",
  "/ui/mirror/mirror_app.js",
  "/ui/mirror/paying.js",
  "/ui/mirror/result.js",
  "/ui/mirror/waiting.js",
  "/ui/offline.js",
  "/ui/overlay.js",
  "/ui/pairing.js",
  "/ui/payment.js",
  "/ui/preview.js",
  "/ui/problem.js",
  "/ui/record_state.js",
  "/ui/router.js",
  "/ui/safe_text.js",
  "/ui/screens.js",
  "/ui/screens/confirm.js",
  "/ui/screens/done.js",
  "/ui/screens/framing.js",
  "/ui/screens/pairing.js",
  "/ui/screens/paying.js",
  "/ui/screens/records.js",
  "/ui/screens/scan.js",
  "/ui/screens/signin.js",
  "/ui/screens/starting.js",
  "/ui/screens/technician.js",
  "/ui/screens/today.js",
  "/ui/screens/trouble.js",
  "/ui/screens/verdict.js",
  "/ui/screens/verify.js",
  "/ui/sheets/abandon.js",
  "/ui/sheets/corrections.js",
  "/ui/sheets/deliveries.js",
  "/ui/sheets/devices.js",
  "/ui/sheets/exception.js",
  "/ui/sheets/guide.js",
  "/ui/sheets/health.js",
  "/ui/sheets/person.js",
  "/ui/sheets/plans.js",
  "/ui/sheets/record.js",
  "/ui/sheets/report.js",
  "/ui/sheets/session.js",
  "/ui/sheets/take_over.js",
  "/ui/sheets/typed_code.js",
  "/ui/sheets/voucher.js",
  "/ui/signs.js",
  "/ui/start.js",
  "/ui/station_app.js",
  "/ui/store.js",
  "/ui/styles.js",
  "/ui/tablet_key.js",
  "/ui/technician/calibration.js",
  "/ui/technician/calibration_step.js",
  "/ui/technician/camera.js",
  "/ui/technician/devices.js",
  "/ui/technician/export.js",
  "/ui/technician/logs.js",
  "/ui/technician/people.js",
  "/ui/technician/rehearse.js",
  "/ui/technician/tablets.js",
  "/ui/technician/update.js",
  "/ui/texts/en.json",
  "/ui/texts/zh.json",
  "/ui/view.js",
  "/ui/voice.js",
  "/ui/wake_lock.js",
];

addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(KEPT)
      .then((kept) => kept.addAll(SHELL))
      .then(() => self.skipWaiting()),
  );
});

addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const own = origin === location.origin && (pathname === "/" || pathname.startsWith("/ui/"));
  if (own && event.request.method === "GET") event.respondWith(answer(event.request));
});

/** @param {Request} request */
async function answer(request) {
  const kept = await caches.open(KEPT);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.ok) await kept.put(request, response.clone());
    return response;
  } catch (error) {
    const found = await kept.match(request, { ignoreSearch: true });
    if (found) return found;
    throw error;
  }
}
