/** Draws what the station sees onto the frame it saw it in: head, eye line, chin, shoulders, each in its state's colour. */

/** @typedef {import("./types.js").Overlay} Overlay */
/** @typedef {{good: string, bad: string, unknown: string, halo: string}} OverlayColours */

// A head in the middle, as the finished photo wants it: shown while nobody is there to follow.
const PLACE_FOR_A_HEAD = { x: 0.5, y: 0.42, height: 0.5, ratio: 0.76 };

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Overlay|null} overlay coordinates 0..1 of the frame
 * @param {OverlayColours} colours
 */
export function drawOverlay(context, overlay, colours) {
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  const pen = new Pen(context, width, height, colours);
  if (!overlay?.head) {
    pen.placeForAHead();
    return;
  }
  const { states = {} } = overlay;
  pen.line(overlay.head, states.head, { closed: true });
  pen.line(overlay.eye_line, states.eyes);
  pen.line(overlay.shoulders, states.shoulders);
  pen.mark(overlay.chin, states.mouth ?? states.head);
}

class Pen {
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   * @param {OverlayColours} colours
   */
  constructor(context, width, height, colours) {
    Object.assign(context, { lineJoin: "round", lineCap: "round" });
    this.context = context;
    this.width = width;
    this.height = height;
    this.colours = colours;
    this.stroke = Math.max(2, height / 150);
  }

  /**
   * @param {number[][]|null|undefined} points
   * @param {string|undefined} state
   * @param {{closed?: boolean}} [how]
   */
  line(points, state, { closed = false } = {}) {
    if (!points || points.length < 2) return;
    const path = new Path2D();
    points.forEach(([x, y], index) => path[index ? "lineTo" : "moveTo"](x * this.width, y * this.height));
    if (closed) path.closePath();
    this.trace(path, state);
  }

  /** @param {number[]|null|undefined} point @param {string|undefined} state */
  mark(point, state) {
    if (!point) return;
    const [x, y] = [point[0] * this.width, point[1] * this.height];
    const half = this.height / 30;
    const path = new Path2D();
    path.moveTo(x - half, y);
    path.lineTo(x + half, y);
    this.trace(path, state);
  }

  placeForAHead() {
    const { x, y, height, ratio } = PLACE_FOR_A_HEAD;
    const [tall, centre] = [height * this.height, y * this.height];
    const path = new Path2D();
    path.ellipse(x * this.width, centre, (tall * ratio) / 2, tall / 2, 0, 0, 2 * Math.PI);
    this.context.setLineDash([this.stroke * 4, this.stroke * 4]);
    this.trace(path, "unknown");
    this.context.setLineDash([]);
  }

  /** A dark halo under every line keeps it visible on a white wall. @param {Path2D} path @param {string|undefined} state */
  trace(path, state) {
    const { context, colours } = this;
    context.strokeStyle = colours.halo;
    context.lineWidth = this.stroke * 2;
    context.stroke(path);
    context.strokeStyle = state === "good" ? colours.good : state === "bad" ? colours.bad : colours.unknown;
    context.lineWidth = this.stroke;
    context.stroke(path);
  }
}
