"use strict";
// Elements, made of text alone: whatever a run or its data says is never read as markup.
//
// A page opened from a file may load no modules, so these scripts share one scope, in the order in
// which the page names them.

/** Makes an element; attributes that are functions listen, `false`, `null` and missing ones are left out. */
const make = (tag, attributes = {}, ...children) => built(document.createElement(tag), attributes, children);

/** Makes an element of a drawing. */
const draw = (tag, attributes = {}, ...children) =>
  built(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

function built(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...real(children));
  return element;
}

const real = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

const byId = (id) => document.getElementById(id);

/** Puts children in place of what an element holds. */
const fill = (parent, ...children) => parent.replaceChildren(...real(children));

/** Makes the address of a view. */
const address = (parts) => `#${new URLSearchParams(parts)}`;

/** Writes a number for people: few digits, and no less than can be seen. */
function number(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  const isLong = size !== 0 && (size < 1e-3 || size >= 1e9) && !Number.isInteger(value);
  const digits = { maximumSignificantDigits: size >= 1000 ? 6 : 4 };
  const written = isLong ? value.toExponential(2) : value.toLocaleString("en", Number.isInteger(value) ? {} : digits);
  return written.replaceAll("-", "\u2212");
}

/** Writes a metric: always four decimals, so that a column of them can be read. */
const metric = (value) => (value === null || value === undefined ? "–" : Math.abs(value) < 100 ? value.toFixed(4).replace("-", "\u2212") : number(value));

const signed = (value, write) => (value > 0 ? `+${write(value)}` : write(value));

const percent = (share) => `${Math.round(100 * share)} %`.replace("-", "\u2212");

function duration(seconds) {
  if (Math.abs(seconds) < 99.95) return `${seconds.toFixed(1).replace("-", "\u2212")} s`;
  const whole = Math.round(Math.abs(seconds));
  const sign = seconds < 0 ? "\u2212" : "";
  const two = (value) => String(value).padStart(2, "0");
  if (whole < 3600) return `${sign}${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${sign}${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** Writes a time as the clocks here show it; to the minute. */
function when(iso, parts = ["day", "minute"]) {
  const time = new Date(iso);
  const two = (value) => String(value).padStart(2, "0");
  const written = {
    day: `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`,
    minute: `${two(time.getHours())}:${two(time.getMinutes())}`,
    second: `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`,
  };
  return parts.map((part) => written[part]).join(" ");
}

const plural = (amount, one) => `${amount.toLocaleString("en")} ${amount === 1 ? one : `${one}s`}`;
