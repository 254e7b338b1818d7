/** One action at a time: a second tap while a request is in flight does nothing, and the screen is new before it may. */

import { Problem, unreachable } from "./problem.js";

export class Actions {
  /**
   * @param {import("./store.js").Store} store
   * @param {import("./api.js").Api} api
   * @param {import("./link.js").Link} link
   */
  constructor(store, api, link) {
    this.store = store;
    this.api = api;
    this.link = link;
  }

  /** Wait until nothing is in flight: for what comes by itself, such as a scan, and must not be lost to a tap before it. */
  idle() {
    return new Promise((resolve) => {
      const stop = this.store.watch(["busy"], ({ busy }) => {
        if (busy) return;
        queueMicrotask(() => stop());
        resolve(undefined);
      });
    });
  }

  /**
   * Do one thing at the station, then take its new state before anything else may be tapped.
   * @template T
   * @param {(api: import("./api.js").Api) => Promise<T>} work
   * @param {(problem: Problem) => void} [onProblem] shows the refusal where it belongs; else the page's notice does
   * @returns {Promise<boolean>} whether it was done
   */
  async run(work, onProblem) {
    if (this.store.state.busy) return false;
    this.store.set({ busy: true, problem: null });
    try {
      await work(this.api);
      return true;
    } catch (error) {
      const problem = error instanceof Problem ? error : unreachable();
      if (problem.code === "unpaired") this.store.set({ connection: "unpaired" });
      // Who drives is a question of its own, wherever it comes up.
      if (problem.code === "not-driving") this.store.set({ wheel: problem.extra.driving });
      else if (onProblem) onProblem(problem);
      else this.store.set({ problem });
      if (!(error instanceof Problem)) console.error(error);
      return false;
    } finally {
      // A refusal too may mean that another tablet or the scanner moved on.
      await this.link.refresh().catch(() => undefined);
      this.store.set({ busy: false });
    }
  }
}
