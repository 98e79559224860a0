// Heat maps: a canvas with a dot a cell, stretched by the style sheet, and the names of its sides.
// The colour is that of the style sheet; how much there is of it is the value.

import { make, percent } from "./dom.js";

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Draws values, rows of columns; the largest of them has all of the colour. */
export function dots(values) {
  const [height, width] = [values.length, values[0].length];
  const canvas = make("canvas", { width, height, class: "heat", "aria-hidden": "true" });
  paint(canvas, values);
  return canvas;
}

/** Draws other values of the same size. */
export function paint(canvas, values) {
  const context = canvas.getContext("2d");
  const [red, green, blue] = colour();
  const most = largest(values) || 1;
  const picture = context.createImageData(canvas.width, canvas.height);
  values.forEach((row, y) =>
    row.forEach((value, x) => {
      const alpha = Math.round((255 * Math.max(value ?? 0, 0)) / most);
      picture.data.set([red, green, blue, alpha], 4 * (y * canvas.width + x));
    }),
  );
  context.putImageData(picture, 0, 0);
}

export const largest = (values) => values.flat().reduce((most, value) => Math.max(most, value ?? 0), 0);

function colour() {
  const told = getComputedStyle(document.documentElement).getPropertyValue("--heat");
  return told.split(",").map(Number);
}

/**
 * A heat map with names, whose cells are told by the pointer and by the arrow keys.
 * @param {string} label What it shows.
 * @param {string[]} rows Names; the second list is of columns.
 * @param {(row: number, column: number) => void} onPoint Is told where one points.
 */
export class HeatMap {
  constructor(label, rows, columns, onPoint) {
    [this.rows, this.columns, this.onPoint] = [rows, columns, onPoint];
    this.at = [0, 0];
    const nothing = rows.map(() => columns.map(() => 0));
    this.canvas = dots(nothing);
    this.cursor = make("span", { class: "cursor", hidden: true });
    this.cells = make(
      "div",
      {
        class: "cells",
        tabindex: 0,
        role: "application",
        "aria-roledescription": "heat map",
        "aria-label": `${label}. The arrow keys tell a cell's value.`,
        keydown: (event) => this.key(event),
        pointermove: (event) => this.pointer(event),
        pointerdown: (event) => this.pointer(event),
        pointerleave: () => this.hide(),
        blur: () => this.hide(),
      },
      this.canvas,
      this.cursor,
    );
    this.element = make(
      "div",
      { class: "map" },
      make("div", { class: "columns", "aria-hidden": "true" }, columns.map(named)),
      make("div", { class: "rows", "aria-hidden": "true" }, rows.map(named)),
      this.cells,
    );
    this.element.style.setProperty("--rows", rows.length);
    this.element.style.setProperty("--columns", columns.length);
  }

  key(event) {
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    const [down, right] = this.cursor.hidden ? [0, 0] : STEPS[event.key];
    this.point(this.at[0] + down, this.at[1] + right);
  }

  pointer(event) {
    const box = this.cells.getBoundingClientRect();
    const part = (place, size) => (place / size) | 0;
    const row = part((event.clientY - box.top) * this.rows.length, box.height);
    const column = part((event.clientX - box.left) * this.columns.length, box.width);
    this.point(row, column);
  }

  point(row, column) {
    this.at = [Math.min(Math.max(row, 0), this.rows.length - 1), Math.min(Math.max(column, 0), this.columns.length - 1)];
    this.cursor.hidden = false;
    this.cursor.style.setProperty("--row", this.at[0]);
    this.cursor.style.setProperty("--column", this.at[1]);
    this.onPoint(...this.at);
  }

  hide() {
    this.cursor.hidden = true;
  }
}

const named = (name) => make("span", { title: name }, make("bdi", {}, name));

export const share = (value) => percent(value ?? 0);
