"use strict";
// Runs over time: the main metric of each, what came of it, and what was served since.

const MARGIN = { top: 14, right: 14, bottom: 24, left: 54 };
const LANE = 26; // for runs without a metric
const DATE = 84; // the width of a date, and of what keeps it from the next
const NEAR = 28; // a click that far from a run still means it

/** The chart; `runs` are in the order in which they started. */
class Chart {
  constructor(runs, name) {
    this.runs = runs;
    this.name = name;
    this.shown = new Set(runs);
    this.current = runs.length - 1;
    this.drawing = draw("svg", {
      class: runs.some((run) => run.value !== null) ? "chart" : "chart flat",
      role: "group",
      "aria-label": `${name ?? "Metric"} by run; arrow keys go from run to run, Enter opens one`,
      pointermove: (event) => this.point(event),
      pointerleave: () => this.read(null),
      click: (event) => this.open(event),
      keydown: (event) => this.move(event),
    });
    this.reading = make("p", { class: "reading", role: "status" });
    this.links = [];
    new ResizeObserver(() => this.redraw()).observe(this.drawing);
    this.read(null);
  }

  /** Shows some runs clearly, and the others as a shade of themselves. */
  show(shown) {
    this.shown = new Set(shown);
    this.links.forEach((link, index) => link.classList.toggle("out", !this.shown.has(this.runs[index])));
  }

  redraw() {
    const { width, height } = this.drawing.getBoundingClientRect();
    if (!width || (width === this.width && height === this.height)) return;
    Object.assign(this, { width, height });
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.scale();
    const isFocused = this.drawing.contains(document.activeElement);
    this.links = this.runs.map((run, index) => this.link(run, index));
    this.ring = draw("circle", { class: "at", r: 8, visibility: "hidden" });
    fill(this.drawing, this.axes(), this.served(), this.links, this.ring);
    this.show(this.shown);
    if (isFocused) this.links[this.current].focus();
  }

  scale() {
    const values = this.runs.map((run) => run.value).filter((value) => value !== null);
    const least = Math.min(...values), most = Math.max(...values);
    const room = (most - least || Math.abs(most) || 1) * 0.08;
    this.steps = values.length ? steps(least - room, most + room, this.height < 260 ? 3 : 5) : [];
    const low = Math.min(least - room, this.steps[0]), high = Math.max(most + room, this.steps.at(-1));
    const floor = this.height - MARGIN.bottom - LANE;
    const across = (this.width - MARGIN.left - MARGIN.right) / Math.max(this.runs.length, 1);
    this.y = (value) => floor - ((value - low) / (high - low)) * (floor - MARGIN.top);
    this.places = this.runs.map((run, index) => ({
      x: MARGIN.left + across * (index + 0.5),
      y: run.value === null ? floor + LANE / 2 + 3 : this.y(run.value),
    }));
    this.floor = floor;
    this.size = Math.min(Math.max(Math.sqrt(across / 5), 0.5), 1); // many runs have small signs
  }

  axes() {
    const end = this.width - MARGIN.right;
    const lines = this.steps.map((value) => [
      draw("line", { class: "grid", x1: MARGIN.left, x2: end, y1: this.y(value), y2: this.y(value) }),
      draw("text", { x: MARGIN.left - 8, y: this.y(value) + 4, "text-anchor": "end" }, tick(value, this.steps)),
    ]);
    const lane = draw("rect", { class: "lane", x: MARGIN.left, y: this.floor + 3, width: end - MARGIN.left, height: LANE - 2 });
    const none = draw("text", { x: MARGIN.left - 8, y: this.floor + LANE / 2 + 7, "text-anchor": "end" }, "none");
    return [lines, lane, none, this.dates()];
  }

  /** Writes when runs started below some of them: the day, and the time where it is still the same day. */
  dates() {
    const every = Math.max(1, Math.ceil((DATE * this.runs.length) / (this.width - MARGIN.left - MARGIN.right)));
    let last = "";
    return this.places.map(({ x }, index) => {
      if (index % every) return null;
      const day = when(this.runs[index].started, ["day"]);
      const text = day === last ? when(this.runs[index].started, ["minute"]) : day;
      last = day;
      return draw("text", { x: Math.min(x, this.width - DATE / 2), y: this.height - 4, "text-anchor": "middle" }, text);
    });
  }

  /** Draws what the model in service was worth: that of the newest pushed run. */
  served() {
    let path = "";
    this.runs.forEach((run, index) => {
      if (run.pushed === null || run.value === null) return;
      const { x, y } = this.places[index];
      path += path ? `H${x}V${y}` : `M${x},${y}`;
    });
    return path ? draw("path", { class: "serves", d: `${path}H${this.width - MARGIN.right}` }) : null;
  }

  link(run, index) {
    const { x, y } = this.places[index];
    return draw(
      "a",
      {
        href: address({ run: run.id }),
        tabindex: index === this.current ? 0 : -1,
        "aria-label": summed(run),
        focus: () => this.read(index),
        blur: () => this.read(null),
      },
      mark(run.kind, x, y, this.size),
      run.pushed === null ? null : draw("path", { class: "pushed", d: "M-4,0L0,-6L4,0Z", transform: `translate(${x} ${y - 7 * this.size}) scale(${this.size})` }),
    );
  }

  point(event) {
    this.read(this.nearest(event));
  }

  open(event) {
    const index = this.nearest(event);
    if (index === null || event.target.closest("a") || event.ctrlKey || event.metaKey) return;
    location.hash = address({ run: this.runs[index].id });
  }

  nearest(event) {
    const box = this.drawing.getBoundingClientRect();
    let best = null, least = NEAR ** 2;
    this.places?.forEach(({ x, y }, index) => {
      const apart = (event.clientX - box.left - x) ** 2 + (event.clientY - box.top - y) ** 2;
      if (apart < least && this.shown.has(this.runs[index])) [best, least] = [index, apart];
    });
    return best;
  }

  move(event) {
    const ends = { Home: 0, End: this.runs.length - 1, ArrowLeft: this.current - 1, ArrowRight: this.current + 1 };
    const next = Math.min(Math.max(ends[event.key] ?? NaN, 0), this.runs.length - 1);
    if (Number.isNaN(next) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.links[this.current].setAttribute("tabindex", -1);
    this.current = next;
    this.links[next].setAttribute("tabindex", 0);
    this.links[next].focus({ preventScroll: true });
  }

  /** Tells of a run below the chart, or of what one can do with it. */
  read(index) {
    this.ring?.setAttribute("visibility", index === null ? "hidden" : "visible");
    if (index === null) {
      fill(this.reading, "Point at a run, or go through them with the arrow keys; a click opens it.");
      return;
    }
    const { x, y } = this.places[index];
    this.ring.setAttribute("cx", x);
    this.ring.setAttribute("cy", y);
    const run = this.runs[index];
    fill(this.reading, make("b", {}, make("bdi", {}, run.id)), " ", worded(run.kind), " ", facts(run).join(", "));
  }
}

const facts = (run) => [
  when(run.started),
  ...(run.value === null ? [] : [`${run.metric} ${metric(run.value)}`]),
  ...(run.pushed === null ? [] : [`pushed as ${run.pushed}`]),
  duration(run.seconds),
];

const summed = (run) => `${run.id}: ${run.kind}, ${facts(run).join(", ")}`;

/** Chooses round values for an axis. */
function steps(low, high, wanted) {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((of) => of * power).find((one) => one >= rough);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: Math.max(count, 1) }, (_, index) => (first + index) * step);
}

function tick(value, all) {
  const step = all.length > 1 ? all[1] - all[0] : Math.abs(value) || 1;
  return value.toFixed(Math.min(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)), 9)).replace("-", "\u2212");
}
