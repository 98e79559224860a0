// Elements, made of text alone: whatever a model or a person wrote is never read as markup.

/** Makes an element; attributes that are functions listen, `false` and `null` ones are left out. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

export const find = (id) => document.getElementById(id);

/** Puts children in place of what an element holds. */
export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined));
}

/** Says something to those who listen to the page rather than look at it. */
export function say(text) {
  const said = find("said");
  if (said.textContent !== text) said.textContent = text;
}

/** Writes a number for people: few digits, and no less than can be seen. */
export function number(value) {
  if (value === null || value === undefined) return "not a number";
  const size = Math.abs(value);
  const isLong = size !== 0 && (size < 1e-3 || size >= 1e9) && !Number.isInteger(value);
  const digits = { maximumSignificantDigits: size >= 1000 ? 6 : 4 };
  const told = isLong ? value.toExponential(2) : value.toLocaleString("en", Number.isInteger(value) ? {} : digits);
  return told.replaceAll("-", "\u2212");
}

export function percent(value) {
  if (value > 0 && value < 0.001) return "< 0.1 %";
  if (value < 1 && value > 0.999) return "> 99.9 %";
  return `${(100 * value).toFixed(1)} %`;
}

export function duration(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

/** Waits until nothing has come for a while, and then acts once. */
export function debounced(act, milliseconds) {
  let timer = 0;
  return {
    soon() {
      clearTimeout(timer);
      timer = setTimeout(act, milliseconds);
    },
    now() {
      clearTimeout(timer);
      act();
    },
    cancel() {
      clearTimeout(timer);
    },
  };
}
