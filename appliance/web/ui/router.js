/** Which screen belongs to a state: the whole decision in one place, without any element. */

/** @typedef {import("./types.js").State} State */
/**
 * @typedef {"starting"|"pairing"|"signin"|"today"|"scan"|"records"|"technician"|"verify"|"confirm"|"paying"|"framing"|"verdict"|"saving"|"done"|"refused"|"fault"} ScreenName
 */

/**
 * @param {State} state
 * @returns {ScreenName}
 */
export function screenFor(state) {
  if (state.connection === "unpaired") return "pairing";
  const visit = state.visit;
  if (!visit) return "starting";
  if (state.session?.needed && !state.session.operator) return "signin";
  // Records and the technician's pages may be looked at in the middle of a visit; it goes on where it was.
  if (state.page === "records" || state.page === "technician") return state.page;
  const may = (/** @type {string} */ action) => visit.actions.includes(action);
  switch (visit.state) {
    case "idle":
      return state.page;
    case "identified":
      // A plan may ask for no answer; the station then offers to confirm at once.
      return may("verify") || !may("confirm") ? "verify" : "confirm";
    case "verified":
      return "confirm";
    case "paying":
      return "paying";
    case "confirmed":
    case "framing":
      return "framing";
    case "judged":
    case "refused":
      return visit.shot ? "verdict" : "refused";
    case "accepted":
      return "saving";
    case "queued":
      return "done";
    default:
      return "fault";
  }
}

/** The steps a student goes through, with the screens that belong to each. */
export const STEPS = [
  { key: "step.code", screens: ["scan"] },
  { key: "step.verify", screens: ["verify"] },
  { key: "step.confirm", screens: ["confirm", "paying"] },
  { key: "step.photo", screens: ["framing"] },
  { key: "step.result", screens: ["verdict", "refused"] },
  { key: "step.done", screens: ["saving", "done"] },
];
