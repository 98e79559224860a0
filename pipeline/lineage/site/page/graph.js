"use strict";
// The graph of a run: boxes from left to right, each output a line of its box, edges along the points
// that were laid out when the page was written.

const HEAD = 42, ROW = 18, EDGE = 6; // as in layout.py

/** Draws a run's graph; `at` is what is chosen: `{node}` or `{artifact}`. */
function graph(run, at) {
  const on = (edge) => (at.artifact ? artifactOf(run, edge) === at.artifact : edge.source === at.node || edge.target === at.node);
  const isChosen = Boolean(at.artifact || at.node);
  const edges = [...run.edges].sort((a, b) => on(a) - on(b)); // what is chosen lies above the others
  const drawing = draw(
    "svg",
    { viewBox: `-3 -3 ${run.width + 6} ${run.height + 6}`, role: "group", "aria-label": `Graph of ${run.id}` },
    edges.map((edge) => draw("path", { class: `edge${edge.planned ? " planned" : ""}${isChosen && on(edge) ? " on" : ""}`, d: path(edge.points) })),
    run.nodes.map((node) => box(run, node, at)),
  );
  drawing.style.maxWidth = `${run.width + 6}px`;
  drawing.style.minWidth = `${Math.round(0.82 * run.width)}px`;
  return make("div", { class: "graph", tabindex: 0, role: "region", "aria-label": "Graph of the run" }, drawing);
}

/** Presses texts together that are wider than their box, once the graph is on the page. */
function press(place) {
  for (const text of place.querySelectorAll(".graph text")) {
    const room = text.dataset.room;
    if (room && text.getComputedTextLength() > room) {
      text.setAttribute("textLength", room);
      text.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
  }
}

const artifactOf = (run, edge) => {
  const node = run.nodes.find(({ id }) => id === edge.source);
  return node?.outputs.find(({ label }) => label === edge.output)?.artifact;
};

/** Curves from layer to layer, straight lines through one. */
function path([[x, y], ...points]) {
  let made = `M${x},${y}`;
  points.forEach(([toX, toY], index) => {
    const half = (toX - x) / 2;
    made += index % 2 ? `H${toX}` : `C${x + half},${y} ${toX - half},${toY} ${toX},${toY}`;
    [x, y] = [toX, toY];
  });
  return made;
}

function box(run, node, at) {
  const isAbsent = node.state === "not run";
  const { tone } = markOf(node.state);
  const state = isAbsent || node.state === "cached" ? node.state : `${node.state}, ${duration(node.seconds)}`;
  const head = draw(
    "a",
    { href: address({ run: run.id, node: node.id }), class: at.node === node.id ? "chosen" : null, "aria-label": `${node.id}: ${state}`, "aria-current": at.node === node.id ? "true" : null },
    draw("rect", { class: "hit", width: node.width, height: HEAD - 3, rx: 5 }),
    draw("text", { class: "name", x: 10, y: 17, "data-room": node.width - 18 }, node.id),
    mark(node.state, 14, 29),
    draw("text", { class: "state", x: 23, y: 33, "data-room": node.width - 31 }, state),
  );
  return draw(
    "g",
    { class: `node ${["ill", "warn"].includes(tone) ? tone : ""}${isAbsent ? " absent" : ""}`, transform: `translate(${node.x} ${node.y})` },
    draw("rect", { class: "box", width: node.width, height: node.height, rx: 6 }),
    node.outputs.length ? draw("line", { class: "rule", x1: 8, x2: node.width - 8, y1: HEAD - 1, y2: HEAD - 1 }) : null,
    head,
    node.outputs.map((output, index) => line(run, node, output, index, at)),
  );
}

function line(run, node, output, index, at) {
  const y = HEAD + ROW * index;
  const maker = run.artifacts[output.artifact]?.maker;
  const isOld = maker && maker.run !== run.id;
  const port = draw("circle", { class: `port${isOld ? " old" : ""}`, cx: node.width, cy: y + ROW / 2, r: 3 });
  if (output.artifact === null) {
    return [draw("text", { class: "output absent", x: 10, y: y + 13, "data-room": node.width - 20 }, output.label), port];
  }
  const isChosen = at.artifact === output.artifact;
  const link = draw(
    "a",
    {
      href: address({ run: run.id, artifact: output.artifact }),
      class: isChosen ? "chosen" : null,
      "aria-label": `${node.id}, ${output.label}: artifact ${output.artifact}${isOld ? ", of an earlier run" : ""}`,
      "aria-current": isChosen ? "true" : null,
    },
    draw("rect", { class: "hit", x: 3, y, width: node.width - EDGE, height: ROW, rx: 4 }),
    draw("text", { class: "output", x: 10, y: y + 13, "data-room": node.width - 20 }, output.label),
  );
  return [link, port];
}
