/** Our own drawings on a grid of 24, as path data: strokes only, so they take the colour and weight of the text beside. */

const NAMESPACE = "http://www.w3.org/2000/svg";

/** @type {Record<string, string>} */
const PATHS = {
  code: "M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8M16 4h2.5A1.5 1.5 0 0 1 20 5.5V8M20 16v2.5a1.5 1.5 0 0 1-1.5 1.5H16M8 20H5.5A1.5 1.5 0 0 1 4 18.5V16M8 8h3v3H8zM13.5 8H16v3M8 13.5V16h2.5M13.5 13.5h.01M16 13.5V16h-2.5",
  camera:
    "M4 8.5A1.5 1.5 0 0 1 5.5 7H8l1.5-2.5h5L16 7h2.5A1.5 1.5 0 0 1 20 8.5v9a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5zM12 16a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5z",
  lamp: "M9 18h6M10 21h4M9 15.5c0-1.6-3-3-3-6.5a6 6 0 0 1 12 0c0 3.5-3 4.9-3 6.5z",
  scanner: "M4 7V5h3M17 5h3v2M20 17v2h-3M7 19H4v-2M3 12h18M8 8.5v7M11 8.5v7M14 8.5v7M16.5 8.5v7",
  device: "M6 4h12v16H6zM10 17h4",
  cloud: "M7.5 18.5a4 4 0 0 1-.6-7.95 5.5 5.5 0 0 1 10.6 1.05 3.5 3.5 0 0 1-.5 6.9z",
  cloudOff: "M7.5 18.5a4 4 0 0 1-.6-7.95M10 7.4a5.5 5.5 0 0 1 7.5 4.2 3.5 3.5 0 0 1 2.3 5.2M16.5 18.5h-9M4 4l16 16",
  waiting: "M12 15V4M8 8l4-4 4 4M4 15v3.5A1.5 1.5 0 0 0 5.5 20h13a1.5 1.5 0 0 0 1.5-1.5V15",
  parked: "M9.5 8v8M14.5 8v8M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  done: "M8 12.5l2.8 2.8L16.2 9.5M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6L6 18",
  unknown: "M9.3 9.3a2.75 2.75 0 1 1 4 2.45c-.9.5-1.3 1-1.3 2M12 17h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  retake: "M4.5 12A7.5 7.5 0 1 0 7 6.4M4.5 4.5V8H8",
  arrow: "M5 12h14M13 6l6 6-6 6",
  back: "M19 12H5M11 6l-6 6 6 6",
  erase: "M8.5 6H20v12H8.5L3.5 12zM11.5 9.5l5 5M16.5 9.5l-5 5",
  keyboard: "M3.5 7h17v10h-17zM7 10.5h.01M10.3 10.5h.01M13.7 10.5h.01M17 10.5h.01M8 14h8",
  picture: "M4 5h16v14H4zM4 16l4.5-4.5 3.5 3.5 3-3 5 5M15.5 9h.01",
  warning: "M12 4.5l8.5 15h-17zM12 10v4.5M12 17h.01",
  language: "M3.5 6h9M8 4v2M10.5 6c-.7 3.5-3 6.5-6.5 8M5.5 9c1 2.3 2.8 4 5.5 5M12.5 20l4-9.5 4 9.5M14 16.7h5",
  foot: "M5 17.5h14l-1.5-4.5H12L9.5 7.5 5 9.5zM4 20.5h16",
  person: "M12 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5zM5 20c.6-3.6 3.4-5.5 7-5.5s6.4 1.9 7 5.5",
  leave: "M14 4H6v16h8M10.5 12H20M16.5 8.5L20 12l-3.5 3.5",
  down: "M6 9.5l6 6 6-6",
  lock: "M6.5 11h11v8.5h-11zM9 11V8a3 3 0 0 1 6 0v3",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M18.4 5.6L17 7M7 17l-1.4 1.4",
  distance: "M3.5 12h17M6.5 9l-3 3 3 3M17.5 9l3 3-3 3M12 6v2M12 16v2",
  speaker: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11",
  speakerOff: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5",
  help: "M9.3 9.3a2.75 2.75 0 1 1 4 2.45c-.9.5-1.3 1-1.3 2M12 17h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  idCard:
    "M3.5 5.5h17v13h-17zM6.5 9h6M6.5 12h5M6.5 15h4M16.5 11.5a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2zM13.8 15.5c.3-1.6 1.4-2.5 2.7-2.5s2.4.9 2.7 2.5",
  list: "M8 6.5h12M8 12h12M8 17.5h12M4 6.5h.01M4 12h.01M4 17.5h.01",
  search: "M11 17.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.8 15.8l4.2 4.2",
  wrench:
    "M14.5 6.2a4 4 0 0 1 5-1l-2.7 2.7.3 1.9 1.9.3 2.7-2.7a4 4 0 0 1-5.3 5L9.6 19.2a2 2 0 0 1-2.8-2.8l6.8-6.8a4 4 0 0 1 .9-3.4z",
  storage:
    "M12 8.5c4.4 0 8-1.1 8-2.5S16.4 3.5 12 3.5 4 4.6 4 6s3.6 2.5 8 2.5zM4 6v12c0 1.4 3.6 2.5 8 2.5s8-1.1 8-2.5V6M4 12c0 1.4 3.6 2.5 8 2.5s8-1.1 8-2.5",
  power: "M13 3L5.5 13.5H11L10 21l8-11h-5.5z",
  clock: "M12 7v5l3.5 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  phone: "M6 4h3.5l1.5 4-2 1.5a11 11 0 0 0 5.5 5.5l1.5-2 4 1.5V18a2 2 0 0 1-2.2 2A16 16 0 0 1 4 6.2 2 2 0 0 1 6 4z",
  stage: "M4 20V6l8-3 8 3v14M9 20v-5h6v5M9.5 9.5h5",
};

/**
 * @param {string} name
 * @returns {SVGSVGElement} decorative: the control around it carries the name
 */
export function icon(name) {
  const svg = document.createElementNS(NAMESPACE, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const path = document.createElementNS(NAMESPACE, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.device);
  svg.append(path);
  return svg;
}
