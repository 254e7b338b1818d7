/** The looks of what is not on the first screen: fetched once, before anything of it is shown. */

// In this order: what comes later may say it otherwise.
const LATER = [
  "verdict",
  "done",
  "pages",
  "paying",
  "confirming",
  "receipt",
  "records",
  "technician",
  "calibration",
  "narrow",
].map((name) => `/ui/css/${name}.css`);

/** @type {Promise<void>|null} */
let asked = null;

/** @throws {Error} when they cannot be fetched; the next call tries again */
export function laterStyles() {
  asked ??= fetched();
  return asked;
}

async function fetched() {
  const links = LATER.map((href) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    return link;
  });
  try {
    await Promise.all(links.map(there));
  } catch (error) {
    for (const link of links) link.remove();
    asked = null;
    throw error;
  }
}

/** @param {HTMLLinkElement} link @returns {Promise<void>} */
function there(link) {
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => reject(new Error(`${link.href} could not be fetched`));
    document.head.append(link);
  });
}
