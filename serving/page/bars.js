// Probabilities as bars, the likeliest first where there are many.

import { make, percent } from "./dom.js";

const SHOWN = 10;
const IN_ORDER = 4; // so few labels stay where they are, so that their bars can be followed

/**
 * Makes a list of bars.
 * @param {string} label What they are of.
 * @param {string[]} names
 * @param {number[]} values From 0 to 1.
 * @param {(value: number) => boolean} isChosen Which ones the model has chosen.
 */
export function bars(label, names, values, isChosen) {
  const rows = names.map((name, index) => ({ name, value: values[index] ?? 0 }));
  if (rows.length > IN_ORDER) rows.sort((a, b) => b.value - a.value);
  const list = make("ul", { class: "bars", "aria-label": label }, rows.slice(0, SHOWN).map((row) => bar(row, isChosen)));
  const left = rows.slice(SHOWN);
  if (!left.length) return [list];
  const more = make("ul", { class: "bars" }, left.map((row) => bar(row, isChosen)));
  return [list, make("details", {}, make("summary", {}, `${left.length} more`), more)];
}

function bar({ name, value }, isChosen) {
  const filled = make("span", { class: "filled" });
  filled.style.width = `${100 * Math.min(Math.max(value, 0), 1)}%`;
  return make(
    "li",
    { class: isChosen(value) ? "chosen" : "" },
    make("bdi", { class: "name" }, name),
    make("span", { class: "share" }, percent(value)),
    make("span", { class: "bar", "aria-hidden": "true" }, filled),
  );
}
