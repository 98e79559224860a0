"use strict";
// Which view is shown: the address says it, so that a link leads to each of them.

let isFirst = true;
const kept = { words: "", hidden: new Set(), chosen: [], metric: null }; // of the list, while others are looked at

function start() {
  byId("as-of").textContent = `${plural(told.runs.length, "run")}, as of ${when(told.written)}`;
  addEventListener("hashchange", show);
  show();
}

async function show() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const view = asked.has("run") ? "run" : asked.has("compare") ? "sides" : "all";
  const key = location.hash;
  try {
    const content = await { run: aRun, sides: twoRuns, all: allRuns }[view](asked);
    if (key === location.hash) place_(content, view, asked);
  } catch (error) {
    if (key === location.hash) place_([make("h1", { tabindex: -1 }, "Not found"), make("p", { class: "trouble" }, error.message)], view, asked);
  }
}

/** Puts a view on the page, and those who follow by the keyboard or a reader where it begins. */
function place_(content, view, asked) {
  const isChoice = view === "run" && kept.shown === asked.get("run") && (asked.has("node") || asked.has("artifact"));
  const scrolled = byId("view").querySelector(".graph")?.scrollLeft ?? 0;
  fill(byId("view"), content);
  press(byId("view"));
  const title = byId("view").querySelector("h1");
  document.title = `${view === "all" ? "Runs" : title.textContent} – lineage of ${told.pipeline}`;
  byId("to-runs").toggleAttribute("aria-current", view === "all");
  byId("to-sides").toggleAttribute("aria-current", view === "sides");
  kept.shown = asked.get("run");
  if (isChoice) {
    byId("view").querySelector(".graph").scrollLeft = scrolled;
    const chosen = byId("chosen");
    chosen.focus({ preventScroll: true });
    chosen.closest("section").scrollIntoView({ block: "nearest", behavior: "auto" });
  } else if (!isFirst) {
    scrollTo(0, 0);
    title.focus({ preventScroll: true });
  }
  isFirst = false;
}

function known(id) {
  const row = told.byId.get(id);
  if (!row) throw new Error(`There is no run ${id} on this page.`);
  return row;
}

async function aRun(asked) {
  const run = await load(known(asked.get("run")));
  return runView(run, { node: asked.get("node"), artifact: asked.has("artifact") ? Number(asked.get("artifact")) : undefined });
}

async function twoRuns(asked) {
  const ids = [asked.get("compare"), asked.get("with")];
  if (!ids[0] && !ids[1] && told.runs.length > 1) {
    ids.splice(0, 2, ...told.runs.slice(-2).map(({ id }) => id));
  }
  const [one, other] = await Promise.all(ids.map((id) => (id ? load(known(id)) : null)));
  return sidesView(one, other);
}

function allRuns() {
  const title = make("h1", { tabindex: -1 }, "Runs over time");
  if (!told.runs.length) return [title, make("p", { class: "muted" }, "No run is recorded yet.")];
  const names = metrics();
  kept.metric = names.includes(kept.metric) ? kept.metric : names.at(-1) ?? null;
  const list = new RunList(names);
  return [title, list.content];
}

/** The chart and the table of all runs, which show and hide the same. */
class RunList {
  constructor(names) {
    this.table = new RunTable(told.runs, (run, isChosen) => this.choose(run, isChosen));
    this.place = make("div");
    this.count = make("span", { class: "note", role: "status" });
    this.compare = make("a", { class: "button" });
    const search = make("input", { type: "search", "aria-label": "Filter runs", placeholder: "Filter: id, date, state, config …", value: kept.words, input: (event) => this.type(event.target.value) });
    const which = make("select", { "aria-label": "Metric of the chart", change: (event) => this.chart(event.target.value) }, names.map((name) => make("option", { value: name, selected: name === kept.metric }, name)));
    this.content = [
      make("p", { class: "legend" }, names.length > 1 ? which : make("b", {}, kept.metric ?? "No metric is recorded"), make("span", {}, make("span", { class: "serving-line" }), "what serves"), make("span", {}, make("span", { class: "flag" }), "pushed")),
      this.place,
      this.kinds(),
      make("div", { class: "bar" }, search, this.count, this.compare),
      this.table.element,
    ];
    this.chart(kept.metric);
    this.choose();
  }

  chart(name) {
    kept.metric = name;
    const runs = told.runs.map((run) => (run.metric === name || run.value === null ? run : { ...run, value: null }));
    this.drawn = runs;
    this.graph = new Chart(runs, name);
    fill(this.place, this.graph.drawing, this.graph.reading);
    this.filter();
  }

  kinds() {
    const counts = new Map();
    for (const run of told.runs) counts.set(run.kind, (counts.get(run.kind) ?? 0) + 1);
    const kinds = Object.keys(MARKS).filter((kind) => counts.has(kind));
    const toggle = (kind, button) => {
      kept.hidden.has(kind) ? kept.hidden.delete(kind) : kept.hidden.add(kind);
      button.setAttribute("aria-pressed", !kept.hidden.has(kind));
      this.filter();
    };
    return make("ul", { class: "kinds", "aria-label": "Show runs that ended so" }, kinds.map((kind) =>
      make("li", {}, make("button", { type: "button", "aria-pressed": !kept.hidden.has(kind), click: (event) => toggle(kind, event.currentTarget) }, worded(kind), make("span", { class: "count" }, counts.get(kind)))),
    ));
  }

  type(words) {
    kept.words = words;
    this.filter();
  }

  filter() {
    const words = kept.words.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = told.runs.filter((run) => !kept.hidden.has(run.kind) && has(run, words));
    const isShown = new Set(shown);
    this.table.show(isShown);
    this.graph.show(this.drawn.filter((_, index) => isShown.has(told.runs[index])));
    this.count.textContent = shown.length === told.runs.length ? plural(shown.length, "run") : `${shown.length} of ${plural(told.runs.length, "run")}`;
  }

  /** Chooses runs to compare, never more than two: a third takes the place of the first. */
  choose(run, isChosen) {
    if (run) kept.chosen = isChosen ? [...kept.chosen, run].slice(-2) : kept.chosen.filter((other) => other !== run);
    const [one, other] = [...kept.chosen].sort((a, b) => (a.started < b.started ? -1 : 1));
    this.table.tick(kept.chosen);
    this.compare.textContent = other ? "Compare the two chosen" : one ? "Choose one more to compare" : "Choose two to compare";
    if (other) this.compare.setAttribute("href", address({ compare: one.id, with: other.id }));
    else this.compare.removeAttribute("href");
    this.compare.setAttribute("aria-disabled", !other);
  }
}
