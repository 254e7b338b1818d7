/** What to say now, out of two sources: each frame carries the judgement that belongs to it, and changes are pushed as events. */

// An event may come later than a newer frame: while pictures flow, they say it.
const FRAMES_FLOW_MS = 500;

/** @typedef {import("../types.js").Guidance} Guidance */

export class GuidanceSource {
  /** @param {(guidance: Guidance) => void} show */
  constructor(show) {
    this.show = show;
    this.saidAt = -Infinity;
  }

  /** @param {Guidance|null|undefined} guidance */
  ofFrame(guidance) {
    if (!guidance) return;
    this.saidAt = performance.now();
    this.show(guidance);
  }

  /** @param {Guidance|null|undefined} guidance */
  ofEvent(guidance) {
    if (guidance && performance.now() - this.saidAt > FRAMES_FLOW_MS) this.show(guidance);
  }
}
