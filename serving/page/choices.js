// One of several, chosen by a click or by the arrow keys: a group of radios with faces of our own.

import { make } from "./dom.js";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * Makes a radiogroup.
 * @param {string} label What is chosen.
 * @param {{label: string, face: (Node|string)[], kind?: string}[]} options
 * @param {number} chosen Index of the one that is chosen at first.
 * @param {(index: number) => void} onChoose Is told of each later choice.
 * @returns {{group: HTMLElement, radios: HTMLElement[]}} The group holds all radios, in their order.
 */
export function choices(label, options, chosen, onChoose) {
  const group = make("div", { role: "radiogroup", "aria-label": label, class: "choices" });
  const radios = options.map((option, index) =>
    make(
      "span",
      {
        role: "radio",
        class: option.kind ?? "",
        "aria-label": option.label,
        "aria-checked": String(index === chosen),
        tabindex: index === chosen ? 0 : -1,
        click: () => choose(index),
      },
      ...option.face,
    ),
  );
  let at = chosen;

  function choose(index) {
    for (const [old, now] of [[at, false], [index, true]]) {
      radios[old].setAttribute("aria-checked", String(now));
      radios[old].tabIndex = now ? 0 : -1;
    }
    at = index;
    radios[index].focus({ preventScroll: true });
    radios[index].scrollIntoView({ block: "nearest", inline: "nearest" });
    onChoose(index);
  }

  group.addEventListener("keydown", (event) => {
    const ends = { Home: 0, End: radios.length - 1 };
    let next = ends[event.key];
    if (event.key in STEPS) next = (at + STEPS[event.key] + radios.length) % radios.length;
    if (next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    choose(next);
  });
  group.append(...radios);
  return { group, radios };
}
