"use strict";
// The table of all runs: sorted by a click on a head, filtered by what is typed, two chosen to compare.
// On a narrow screen it is a list of cards, and by its roles still a table.

const COLUMNS = [
  { head: "Run", key: "id", cell: (run) => make("a", { href: address({ run: run.id }), class: "id" }, make("bdi", {}, run.id)) },
  { head: "Started", key: "started", cell: (run) => when(run.started), kind: "seldom" },
  { head: "Config", key: "config", cell: (run) => run.config && make("span", { class: "code" }, run.config), kind: "seldom" },
  { head: "State", key: "state", cell: (run) => worded(run.state) },
  { head: "Verdict", key: "verdict", cell: (run) => run.verdict && worded(run.verdict) },
  { head: "Trial", key: "trial", cell: (run) => run.trial, kind: "seldom" },
  { head: "Metric", key: "value", cell: (run) => run.value !== null && [isOneMetric() ? null : make("span", { class: "muted" }, `${run.metric} `), metric(run.value)], kind: "number" },
  { head: "Pushed", key: "pushed", cell: (run) => run.pushed, named: "pushed" },
  { head: "Time", key: "seconds", cell: (run) => duration(run.seconds), kind: "number" },
  { head: "Cached", key: "cached", cell: (run) => percent(run.cached), kind: "number", named: "cached" },
];

const metrics = () => [...new Set(told.runs.map((run) => run.metric).filter(Boolean))];
const isOneMetric = () => (told.isOneMetric ??= metrics().length === 1);

class RunTable {
  constructor(runs, choose) {
    this.rows = runs.map((run, at) => ({ run, at, element: this.row(run, choose) }));
    this.body = make("tbody", { role: "rowgroup" });
    this.heads = COLUMNS.map((column) =>
      make(
        "th",
        { scope: "col", role: "columnheader", class: column.kind },
        make("button", { type: "button", click: () => this.sort(column.key) }, column.key === "value" && isOneMetric() ? metrics()[0] : column.head),
      ),
    );
    this.by = { key: "started", down: false };
    this.element = make(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "All runs" },
      make("table", { class: "runs", role: "table" }, make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, make("th", { scope: "col", role: "columnheader" }, make("span", { class: "hidden" }, "Compare")), this.heads)), this.body),
    );
    this.sort("started");
  }

  row(run, choose) {
    const box = make("input", { type: "checkbox", "aria-label": `Compare ${run.id}`, change: (event) => choose(run, event.target.checked) });
    const cells = COLUMNS.map(({ cell, kind, named }, index) => {
      const content = cell(run);
      return index ? make("td", { role: "cell", class: kind, "data-head": content && named }, content || null) : make("th", { scope: "row", role: "rowheader" }, content);
    });
    return make("tr", { role: "row" }, make("td", { role: "cell" }, box), cells);
  }

  /** Sorts by a column; by the same once more, the other way round. What is missing comes last. */
  sort(key) {
    const down = this.by.key === key ? !this.by.down : ["value", "seconds", "cached"].includes(key);
    this.by = { key, down };
    const sign = down ? -1 : 1;
    const order = [...this.rows].sort((a, b) => {
      const [one, other] = [a.run[key], b.run[key]];
      if (one === null || other === null) return (one === null) - (other === null) || sign * (a.at - b.at);
      return sign * ((typeof one === "number" ? one - other : one < other ? -1 : one > other ? 1 : 0) || a.at - b.at);
    });
    fill(this.body, order.map(({ element }) => element));
    COLUMNS.forEach((column, index) => {
      const sorted = column.key === key;
      this.heads[index].setAttribute("aria-sort", sorted ? (down ? "descending" : "ascending") : "none");
    });
  }

  show(shown) {
    for (const { run, element } of this.rows) element.hidden = !shown.has(run);
  }

  /** Ticks the runs that are chosen to be compared. */
  tick(chosen) {
    for (const { run, element } of this.rows) {
      element.classList.toggle("chosen", chosen.includes(run));
      element.querySelector("input").checked = chosen.includes(run);
    }
  }
}

/** Whether a run has all words that were typed, anywhere in its row. */
function has(run, words) {
  const texts = [run.id, when(run.started), run.config, run.state, run.verdict, run.trial, run.metric, run.pushed];
  const text = texts.filter(Boolean).join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}
