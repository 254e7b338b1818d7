/** Small drawings of what is meant, made of a few lines: the same figure with one thing wrong, that thing in red. */

const NAMESPACE = "http://www.w3.org/2000/svg";

/**
 * @typedef {object} Fault what is wrong in a drawing; nothing at all is the good one
 * @property {"tilt"|"turn"|"aside"|"low"|"high"|"far"|"near"|"slope"} [pose]
 * @property {"closed"|"away"|"red"} [eyes]
 * @property {"open"|"smile"} [mouth]
 * @property {"fringe"|"ears"} [hair]
 * @property {"tinted"|"glare"} [glasses]
 * @property {"hat"|"earrings"|"stripes"} [wears]
 * @property {"half"|"dark"|"blur"} [light]
 * @property {"others"|"clutter"} [behind]
 */

/** @type {Record<string, Fault>} */
const FAULTS = {
  "geometry.centred": { pose: "aside" },
  "geometry.hair_top": { pose: "high" },
  "geometry.eyes": { pose: "low" },
  "geometry.face_width": { pose: "far" },
  "geometry.shoulders": { pose: "slope" },
  "pose.frontal": { pose: "tilt" },
  "eyes.open": { eyes: "closed" },
  "eyes.gaze": { eyes: "away" },
  "eyes.red": { eyes: "red" },
  "mouth.closed": { mouth: "open" },
  "expression.neutral": { mouth: "smile" },
  "ears.visible": { hair: "ears" },
  "hair.ears": { hair: "ears" },
  "hair.brows": { hair: "fringe" },
  "hair.eyes": { hair: "fringe" },
  "glasses.tinted": { glasses: "tinted" },
  "glasses.frame": { glasses: "tinted" },
  "glasses.glare": { glasses: "glare" },
  "head.bare": { wears: "hat" },
  "jewellery.none": { wears: "earrings" },
  "clothes.contrast": { wears: "stripes" },
  "light.even": { light: "half" },
  "light.exposure": { light: "dark" },
  "focus.sharp": { light: "blur" },
  "subject.single": { behind: "others" },
  "background.uniform": { behind: "clutter" },
  "background.colour": { behind: "clutter" },
};

/**
 * The drawing of what a refused rule means.
 * @param {string} rule
 * @returns {SVGSVGElement|null} null for rules that no drawing explains, such as the file's
 */
export function drawingOf(rule) {
  const fault = FAULTS[rule];
  return fault ? figure(fault) : null;
}

/**
 * @param {Fault} [fault]
 * @returns {SVGSVGElement} decorative: the words beside it say the same
 */
export function figure(fault = {}) {
  const svg = shape("svg", { viewBox: "0 0 96 96", class: "drawing", "aria-hidden": "true", focusable: "false" });
  svg.append(shape("rect", { width: 96, height: 96, rx: 14, class: "drawing__wall" }));
  const person = shape("g", { transform: placed(fault.pose) });
  person.append(body(fault), head(fault));
  if (fault.light === "blur") person.setAttribute("class", "drawing--blurred");
  svg.append(...behind(fault), person, ...lighting(fault));
  return /** @type {SVGSVGElement} */ (svg);
}

/** @param {Fault["pose"]} pose */
function placed(pose) {
  const moves = { aside: "translate(17 0)", low: "translate(0 17)", high: "translate(0 -16)" };
  if (pose === "far") return "translate(24 34) scale(.5)";
  if (pose === "near") return "translate(-22 -12) scale(1.45)";
  return pose && pose in moves ? moves[/** @type {keyof moves} */ (pose)] : "";
}

/** @param {Fault} fault */
function body({ pose, wears }) {
  const all = shape("g", pose === "slope" ? { transform: "rotate(9 48 84)" } : {});
  const stroke = pose === "slope" || wears === "stripes" ? "drawing__wrong" : "drawing__line";
  all.append(
    shape("path", { d: "M42 60v10h12V60", class: "drawing__skin drawing__line" }),
    shape("path", { d: "M14 97c0-19 13-27 34-27s34 8 34 27v70H14z", class: `drawing__cloth ${stroke}` }),
  );
  if (wears === "stripes") all.append(shape("path", { d: "M24 84h48M20 91h56M32 77h32", class: "drawing__wrong" }));
  return all;
}

/** @param {Fault} fault */
function head({ pose, eyes, mouth, hair, glasses, wears }) {
  const turns = { tilt: "rotate(-13 48 62)", turn: "" };
  const all = shape("g", pose === "tilt" ? { transform: turns.tilt } : {});
  const outline = ["tilt", "aside", "low", "high", "far", "near"].includes(pose ?? "")
    ? "drawing__wrong"
    : "drawing__line";
  all.append(
    shape("path", {
      d: "M31 43c-4-1-5 2-4 6s3 5 5 4M65 43c4-1 5 2 4 6s-3 5-5 4",
      class: "drawing__skin drawing__line",
    }),
    shape("path", {
      d: "M31 40c0-13 7-20 17-20s17 7 17 20c0 14-7 26-17 26S31 54 31 40z",
      class: `drawing__skin ${outline}`,
    }),
    shape("path", {
      d: "M30 42c-2-17 6-26 18-26s20 9 18 26c-2-8-5-12-8-14-6 2-14 2-20 0-3 2-6 6-8 14z",
      class: "drawing__hair",
    }),
    shape("path", { d: "M36 37.5q4-2 8 0M52 37.5q4-2 8 0", class: "drawing__line" }),
    ...eyesOf(eyes),
    mouthOf(mouth),
  );
  if (hair === "fringe")
    all.append(
      shape("path", {
        d: "M29.5 44c-.5-9 4-15 9-17 5 3 14 3 19 0 5 2 9.5 8 9 17-3 1-4-1.5-7-1s-3 2-6 1.5-3-2-6-1.5-4 2-6.5 1.5-3-1.5-5.5-1.5-4 1.5-6 1z",
        class: "drawing__fault",
      }),
    );
  if (hair === "ears")
    all.append(
      shape("path", {
        d: "M30 36c-7 8-7 22-2 30 3-7 4-16 4-24zM66 36c7 8 7 22 2 30-3-7-4-16-4-24z",
        class: "drawing__fault",
      }),
    );
  if (glasses) all.append(...glassesOf(glasses));
  if (wears === "hat")
    all.append(
      shape("path", { d: "M29 32c0-13 8-19 19-19s19 6 19 19zM26 32h48", class: "drawing__fault drawing__wrong" }),
    );
  if (wears === "earrings") all.append(shape("path", { d: "M29 55v4M67 55v4", class: "drawing__wrong" }));
  return all;
}

/** @param {Fault["eyes"]} eyes */
function eyesOf(eyes) {
  if (eyes === "closed") return [shape("path", { d: "M36 44q4 3 8 0M52 44q4 3 8 0", class: "drawing__wrong" })];
  const shift = eyes === "away" ? 3 : 0;
  const ink = eyes ? "drawing__dot--wrong" : "drawing__dot";
  return [40, 56].map((x) => shape("circle", { cx: x + shift, cy: 43.5, r: 2.2, class: ink }));
}

/** @param {Fault["mouth"]} mouth */
function mouthOf(mouth) {
  if (mouth === "open")
    return shape("ellipse", { cx: 48, cy: 56.5, rx: 5, ry: 3.6, class: "drawing__mouth drawing__wrong" });
  if (mouth === "smile") return shape("path", { d: "M40 54q8 8 16 0z", class: "drawing__mouth drawing__wrong" });
  return shape("path", { d: "M43.5 56.5h9", class: "drawing__line" });
}

/** @param {"tinted"|"glare"} kind */
function glassesOf(kind) {
  const lens = kind === "tinted" ? "drawing__fault drawing__wrong" : "drawing__lens drawing__line";
  const both = [
    shape("circle", { cx: 40, cy: 43.5, r: 6, class: lens }),
    shape("circle", { cx: 56, cy: 43.5, r: 6, class: lens }),
  ];
  const glare = shape("path", { d: "M37 46l5-5M53 46l5-5", class: "drawing__wrong" });
  return kind === "glare" ? [...both, shape("path", { d: "M46 43h4", class: "drawing__line" }), glare] : both;
}

/** @param {Fault} fault */
function behind({ behind: what }) {
  if (what === "others")
    return [
      shape("path", {
        d: "M80 50a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM66 78c1-14 6-20 14-20s13 4 16 12",
        class: "drawing__wrong",
      }),
    ];
  if (what === "clutter")
    return [
      shape("path", {
        d: "M70 10h18v26H70zM79 10v26M70 23h18M6 52h16v44M14 52V38M8 38h12l-3-9h-6z",
        class: "drawing__wrong",
      }),
    ];
  return [];
}

/** @param {Fault} fault */
function lighting({ light }) {
  if (light === "half")
    return [shape("path", { d: "M48 20c10 0 17 7 17 20 0 14-7 26-17 26z", class: "drawing__shadow" })];
  if (light === "dark") return [shape("rect", { width: 96, height: 96, rx: 14, class: "drawing__shadow" })];
  return [];
}

/** @param {string} tag @param {Object<string, string|number>} attributes */
function shape(tag, attributes) {
  const element = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== "") element.setAttribute(name, String(value));
  return element;
}
