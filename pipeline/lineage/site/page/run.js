"use strict";
// One run: what came of it, its graph, its nodes, and what is chosen of them.

function runView(run, at) {
  const row_ = told.byId.get(run.id);
  const before = told.runs[row_.index - 1], after = told.runs[row_.index + 1];
  return [
    make("h1", { tabindex: -1 }, make("bdi", {}, run.id), make("small", {}, when(run.started))),
    make(
      "p",
      { class: "bar" },
      step("← Run before", before),
      step("Run after →", after),
      before ? make("a", { href: address({ compare: before.id, with: run.id }), class: "button" }, "Compare with the run before") : null,
    ),
    banner(run),
    make(
      "dl",
      { class: "facts" },
      fact("Trial", run.trial),
      fact(run.metric ?? "Metric", run.value !== null && metric(run.value)),
      fact("Time", duration(run.seconds)),
      fact("From the cache", percent(run.cached)),
      fact("Config", run.config && make("span", { class: "code" }, run.config)),
    ),
    graph(run, at),
    make("p", { class: "note" }, "Boxes are nodes, the lines in them what they put out. A hollow dot marks what an earlier run has made; what was not run is dashed."),
    make("div", { class: "beside" }, details(run, at), make("section", {}, make("h2", {}, "Nodes"), nodes(run))),
  ];
}

const step = (text, run) =>
  run ? make("a", { href: address({ run: run.id }), class: "button" }, text) : make("span", { class: "button", "aria-disabled": "true" }, text);

const fact = (name, value) => (value ? make("div", {}, make("dt", {}, name), make("dd", {}, value)) : null);

/** What came of the run, and why: the error of a node, or the Evaluator's words. */
function banner(run) {
  const ended = run.nodes.find((node) => node.error?.length);
  if (ended) {
    const [first, ...more] = ended.error;
    return make(
      "div",
      { class: `banner ${markOf(ended.state).tone}` },
      make("p", {}, toNode(run, ended.id), ` ${ended.state}: `, make("bdi", {}, first)),
      more.length ? make("pre", {}, make("bdi", {}, more.join("\n"))) : null,
    );
  }
  return make(
    "div",
    { class: `banner ${markOf(run.kind).tone}` },
    make("p", {}, worded(run.kind), run.pushed === null ? "" : `, pushed as ${run.pushed}`),
    run.reasons.length ? make("ul", {}, run.reasons.map((reason) => make("li", {}, make("bdi", {}, reason)))) : null,
  );
}

function nodes(run) {
  const began = new Date(run.started).getTime();
  const heads = [["Node"], ["State"], ["Time", "number"], ["When", "seldom"]];
  return make(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "Nodes of the run" },
    make(
      "table",
      { class: "nodes" },
      make("thead", {}, make("tr", {}, heads.map(([head, kind]) => make("th", { scope: "col", class: kind }, head)))),
      make(
        "tbody",
        {},
        run.nodes.map((node) =>
          make(
            "tr",
            {},
            make("th", { scope: "row" }, toNode(run, node.id)),
            make("td", {}, worded(node.state)),
            make("td", { class: "number" }, node.seconds === undefined ? "" : duration(node.seconds)),
            make("td", { class: "seldom" }, node.started ? spanned(node, (new Date(node.started) - began) / 1000, run.seconds) : ""),
          ),
        ),
      ),
    ),
  );
}

/** A bar from when a node started to when it ended, in the time of the whole run. */
function spanned(node, after, whole) {
  const bar = make("i", { class: markOf(node.state).tone });
  const share = (seconds) => (whole ? Math.min(Math.max(seconds / whole, 0), 1) : 0);
  bar.style.left = `${100 * Math.min(share(after), 0.99)}%`;
  bar.style.width = `${100 * Math.min(share(node.seconds), 1 - share(after))}%`;
  return make("span", { class: "span", title: `${duration(after)} after the start` }, bar);
}
