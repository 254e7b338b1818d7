"use strict";
// Choosing what is shown: by verdict, by rule, by layer. Without it the page still says everything.
const chosen = { verdict: "", rule: "" };
const cards = [...document.querySelectorAll(".card")];
const pictures = [...document.querySelectorAll("article")];

function show() {
  let count = 0;
  cards.forEach((card, number) => {
    const fits = (!chosen.verdict || card.dataset.verdict === chosen.verdict)
      && (!chosen.rule || card.dataset.rules.split(" ").includes(chosen.rule));
    card.hidden = pictures[number].hidden = !fits;
    count += fits;
  });
  document.getElementById("shown").textContent = count === cards.length ? "" : `${count} / ${cards.length}`;
  for (const button of document.querySelectorAll("button")) {
    const is = "rule" in button.dataset ? button.dataset.rule === chosen.rule
      : button.dataset.verdict === chosen.verdict && (chosen.verdict || !chosen.rule);
    button.classList.toggle("chosen", Boolean(is));
    button.setAttribute("aria-pressed", String(Boolean(is)));
  }
}

for (const button of document.querySelectorAll("button[data-verdict]")) {
  button.addEventListener("click", () => { chosen.verdict = button.dataset.verdict; chosen.rule = ""; show(); });
}
for (const button of document.querySelectorAll("button[data-rule]")) {
  button.addEventListener("click", () => {
    chosen.rule = chosen.rule === button.dataset.rule ? "" : button.dataset.rule;
    chosen.verdict = "";
    show();
    document.getElementById("sheet").scrollIntoView({ behavior: "smooth" });
  });
}
for (const box of document.querySelectorAll("[data-layer]")) {
  const apply = () => document.body.classList.toggle(`no-${box.dataset.layer}`, !box.checked);
  box.addEventListener("change", apply);
  apply();
}
// A picture that the choice hides is shown again when somebody goes to it.
addEventListener("hashchange", () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target && target.hidden) { chosen.verdict = chosen.rule = ""; show(); target.scrollIntoView(); }
});
show();
