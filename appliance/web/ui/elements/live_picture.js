/** The camera's picture with what the station sees drawn over it. Mirrored for the eyes by CSS alone. */

import { h } from "../dom.js";
import { drawOverlay } from "../overlay.js";
import { Preview } from "../preview.js";
import { View } from "../view.js";

export class LivePicture extends View {
  /**
   * @param {import("../view.js").App} app
   * @param {{overlay: boolean, onFrame?: (header: import("../types.js").FrameHeader) => void}} options
   */
  constructor(app, options) {
    super(app);
    this.options = options;
    this.className = "live-picture";
    this.picture = h("canvas", { class: "live-picture__frame", role: "img", label: "live.picture" });
    this.lines = h("canvas", { class: "live-picture__lines", "aria-hidden": "true", hidden: !options.overlay });
    this.waiting = h("p", { class: "live-picture__waiting", text: "live.waiting" });
  }

  build() {
    return [h("div", { class: "live-picture__mirror" }, this.picture, this.lines), this.waiting];
  }

  shown() {
    const style = getComputedStyle(this);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const colours = {
      good: colour("--overlay-good"),
      bad: colour("--overlay-bad"),
      unknown: colour("--overlay-unknown"),
      halo: colour("--overlay-halo"),
    };
    const preview = new Preview(
      (header, picture) => {
        paint(this.picture, picture);
        if (this.options.overlay) this.drawLines(header, colours);
        this.dataset.frame = String(header.sequence);
        this.options.onFrame?.(header);
      },
      (flowing) => (this.waiting.hidden = flowing),
    );
    preview.start();
    this.stops.push(() => preview.stop());
  }

  /** @param {import("../types.js").FrameHeader} header @param {import("../overlay.js").OverlayColours} colours */
  drawLines(header, colours) {
    // As fine as the display, so that lines stay crisp; no finer, since every frame is painted by the tablet.
    const fine = Math.min(2, devicePixelRatio);
    fit(this.lines, header.width * fine, header.height * fine);
    const context = this.lines.getContext("2d");
    if (context) drawOverlay(context, header.overlay, colours);
  }
}

/** @param {HTMLCanvasElement} canvas @param {ImageBitmap} picture */
function paint(canvas, picture) {
  fit(canvas, picture.width, picture.height);
  canvas.getContext("2d", { alpha: false })?.drawImage(picture, 0, 0);
}

/** @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
function fit(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

customElements.define("live-picture", LivePicture);
