"use strict";
// Two runs side by side: first what differs, node by node and key by key.

function sidesView(one, other) {
  return [
    make("h1", { tabindex: -1 }, "Side by side"),
    pick(one, other),
    one && other ? [outcome(one, other), measured(one, other), byNode(one, other), byKey(one, other)] : make("p", { class: "muted" }, "Choose two runs."),
  ];
}

function pick(one, other) {
  const options = (chosen) => [
    make("option", { value: "" }, "…"),
    [...told.runs].reverse().map((run) => make("option", { value: run.id, selected: run.id === chosen?.id }, `${run.id} (${run.kind}${run.value === null ? "" : ` ${metric(run.value)}`})`)),
  ];
  const go = () => (location.hash = address({ compare: left.value, with: right.value }));
  const left = make("select", { change: go }, options(one));
  const right = make("select", { change: go }, options(other));
  const swap = make("a", { class: "button", href: address({ compare: other?.id ?? "", with: one?.id ?? "" }) }, "⇄ Swap");
  return make("div", { class: "pick" }, make("label", {}, "Left", left), swap, make("label", {}, "Right", right));
}

/** A table of what both have; `rows` are `[name, left, right, difference, isSame]`. */
function sides(title, one, other, rows, note) {
  if (!rows.length) return [make("h2", {}, title), make("p", { class: "note" }, note ?? "Nothing is recorded of either.")];
  const link = (run) => make("th", { scope: "col", role: "columnheader" }, make("a", { href: address({ run: run.id }) }, make("bdi", {}, run.id)));
  return [
    make("h2", {}, title),
    make(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": title },
      make(
        "table",
        { class: "sides", role: "table" },
        make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, make("th", { scope: "col", role: "columnheader" }, make("span", { class: "hidden" }, "What")), link(one), link(other), make("th", { scope: "col", role: "columnheader", class: "difference" }, "Difference"))),
        make(
          "tbody",
          { role: "rowgroup" },
          rows.map(([name, left, right, difference, isSame]) =>
            make(
              "tr",
              { class: isSame ? "same" : "other", role: "row" },
              make("th", { scope: "row", role: "rowheader" }, name),
              [left ?? "–", right ?? "–"].map((content) => make("td", { role: "cell" }, content)),
              make("td", { class: "difference", role: "cell" }, difference),
            ),
          ),
        ),
      ),
    ),
    note ? make("p", { class: "note" }, note) : null,
  ];
}

const only = (left) => (left === null || left === undefined ? "only right" : "only left");

const worded_ = (word) => word && worded(word);

function outcome(one, other) {
  const plain = (name, key, write = (value) => value) => {
    const isSame = one[key] === other[key];
    return [name, write(one[key]), write(other[key]), isSame ? "same" : "differs", isSame];
  };
  const measure = (name, key, write) => {
    const isKnown = one[key] !== null && other[key] !== null;
    return [name, one[key] === null ? null : write(one[key]), other[key] === null ? null : write(other[key]), isKnown ? signed(other[key] - one[key], write) : one[key] === other[key] ? "same" : only(one[key]), one[key] === other[key]];
  };
  const isOneMetric = one.metric === other.metric;
  return sides("What came of them", one, other, [
    ["Started", when(one.started), when(other.started), apart(one, other), one.started === other.started],
    plain("State", "state", worded_),
    plain("Verdict", "verdict", worded_),
    plain("Trial", "trial"),
    isOneMetric ? measure(one.metric ?? "Metric", "value", metric) : ["Metric", `${one.metric ?? "–"} ${metric(one.value)}`, `${other.metric ?? "–"} ${metric(other.value)}`, "another metric", false],
    plain("Pushed as", "pushed"),
    measure("Time", "seconds", duration),
    measure("From the cache", "cached", percent),
    plain("Config", "config"),
  ]);
}

const apart = (one, other) => {
  const seconds = (new Date(other.started) - new Date(one.started)) / 1000;
  return seconds ? `${duration(Math.abs(seconds))} ${seconds > 0 ? "later" : "earlier"}` : "same";
};

/** What the models were worth; numbers alone, without a word on chance. */
function measured(one, other) {
  const names = [...new Set([...Object.keys(one.metrics), ...Object.keys(other.metrics)])].sort();
  const rows = names.map((name) => {
    const [left, right] = [one.metrics[name], other.metrics[name]];
    const isKnown = left !== undefined && right !== undefined;
    return [name, left === undefined ? null : metric(left), right === undefined ? null : metric(right), isKnown ? signed(right - left, metric) : only(left), left === right];
  });
  const note = rows.length ? ["On all rows of the test split. ", make("code", {}, "meritline lineage diff"), " tells how much of a difference may be chance."] : "Neither run has told ML Metadata what its model was worth.";
  return sides("Metrics", one, other, rows, note);
}

function byNode(one, other) {
  const ids = [...new Set([...one.nodes, ...other.nodes].map(({ id }) => id))];
  const find = (run, id) => run.nodes.find((node) => node.id === id);
  const side = (node) => node && [worded(node.state), node.seconds === undefined ? null : make("span", { class: "muted" }, ` ${duration(node.seconds)}`)];
  const rows = ids.map((id) => {
    const [left, right] = [find(one, id), find(other, id)];
    const [text, isSame] = left && right ? given(left, right) : [only(left), false];
    return [id, side(left), side(right), text, isSame];
  });
  return sides("Nodes", one, other, rows, "Two runs have the same artifact where the cache has answered; another artifact may still hold the same.");
}

/** Tells which outputs of a node are other artifacts. */
function given(left, right) {
  const of = (node) => new Map(node.outputs.filter(({ artifact }) => artifact !== null).map(({ label, artifact }) => [label, artifact]));
  const [one, other] = [of(left), of(right)];
  const labels = [...new Set([...one.keys(), ...other.keys()])];
  if (!labels.length) return [left.state === right.state ? "no artifacts" : "another state", left.state === right.state];
  const differing = labels.filter((label) => one.get(label) !== other.get(label));
  if (!differing.length) return [labels.length === 1 ? "same artifact" : "same artifacts", true];
  const missing = differing.every((label) => !one.has(label) || !other.has(label));
  if (missing) return [one.size ? "only left has artifacts" : "only right has artifacts", false];
  return [`${differing.length === 1 ? "another" : "others:"} ${differing.join(", ")}`, false];
}

/** Keys of the config, versions and digests of code that differ; how many do not is said. */
function byKey(one, other) {
  return [
    ["Config", "settings", "key"],
    ["Versions", "versions", "version"],
    ["Code", "code", "room"],
  ].map(([title, of, noun]) => {
    const [left, right] = [one[of], other[of]];
    if (!Object.keys(left).length || !Object.keys(right).length) {
      const missing = [one, other].filter((run) => !Object.keys(run[of]).length).map((run) => run.id);
      return sides(title, one, other, [], `This is not recorded, or not there any more, of ${missing.join(" and ")}.`);
    }
    const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    const differing = names.filter((name) => left[name] !== right[name]);
    const rows = differing.map((name) => [make("span", { class: "code" }, name), value(left[name]), value(right[name]), change(left[name], right[name]), false]);
    const same = names.length - differing.length;
    return sides(title, one, other, rows, differing.length ? `${plural(same, noun)} ${same === 1 ? "is" : "are"} the same.` : `All ${plural(same, noun)} are the same.`);
  });
}

const value = (text) => text === undefined ? null : make("bdi", { class: "code" }, text);

function change(left, right) {
  if (left === undefined || right === undefined) return only(left);
  const [one, other] = [Number(left), Number(right)];
  return Number.isNaN(one) || Number.isNaN(other) ? "differs" : signed(other - one, number);
}
