/** The looks of what is not on the first screen: fetched once, before anything of it is shown. */

/** @type {Promise<void>|null} */
let asked = null;

/** @throws {Error} when they cannot be fetched; the next call tries again */
export function laterStyles() {
  asked ??= new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = "/ui/css/pages.css";
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      asked = null;
      reject(new Error("pages.css could not be fetched"));
    };
    document.head.append(link);
  });
  return asked;
}
