"use strict";
// All that is known of the artifact or the node that is chosen.

const SHARING = 8; // runs that are listed at once

function details(run, at) {
  const node = run.nodes.find(({ id }) => id === at.node);
  const artifact = Object.hasOwn(run.artifacts, at.artifact ?? "") ? run.artifacts[at.artifact] : undefined;
  const content = artifact ? ofArtifact(run, Number(at.artifact), artifact) : node ? ofNode(run, node) : nothing();
  return make("section", { class: "panel", "aria-labelledby": "chosen" }, content);
}

const nothing = () => [
  make("h2", { id: "chosen" }, "Nothing chosen"),
  make("p", { class: "muted" }, "Choose a node or one of its outputs in the graph: what it is, who made it and who took it stands here."),
];

function ofArtifact(run, id, artifact) {
  const names = Object.entries(artifact.properties);
  return [
    make("h2", { id: "chosen", tabindex: -1 }, artifact.type, make("span", { class: "muted" }, ` artifact ${id}`)),
    make(
      "dl",
      {},
      row("Made by", maker(run, artifact, id)),
      row("Made", when(artifact.created, ["day", "second"])),
      row("Put out by", list(holders(run, id))),
      row("Taken by", list(takers(run, id)) ?? make("span", { class: "muted" }, "no node of this run")),
      row("Runs", others(run, id, artifact)),
      row("Files", place(artifact)),
    ),
    names.length
      ? [make("h3", {}, "Properties"), make("table", {}, make("tbody", {}, names.map(([name, value]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, make("bdi", {}, shown(value)))))))]
      : null,
  ];
}

const row = (name, content) => content && [make("dt", {}, name), make("dd", {}, content)];

const list = (items) => (items.length ? make("ul", {}, items.map((item) => make("li", {}, item))) : null);

const shown = (value) => (typeof value === "number" ? number(value) : String(value));

function maker(run, { maker: made }, id) {
  if (!made) return make("span", { class: "muted" }, "no run that is recorded here");
  const isHere = made.run === run.id;
  const link = told.byId.has(made.run) ? make("a", { href: address({ run: made.run, artifact: id }) }, make("bdi", {}, made.run)) : make("bdi", {}, made.run);
  return [make("b", {}, made.node), isHere ? " in this run" : [" in an earlier run, ", link]];
}

/** Who has given it in this run, where that was not who made it: the cache, or a resolver. */
function holders(run, id) {
  const made = run.artifacts[id].maker;
  return run.nodes
    .filter((node) => node.outputs.some(({ artifact }) => artifact === id) && !(made?.run === run.id && made.node === node.id))
    .map((node) => [toNode(run, node.id), node.state === "cached" ? " in this run, from the cache" : " in this run"]);
}

function takers(run, id) {
  return run.nodes.flatMap((node) =>
    (node.inputs ?? []).filter(({ artifacts }) => artifacts.includes(id)).map(({ key }) => [toNode(run, node.id), make("span", { class: "muted" }, ` as ${key}`)]),
  );
}

/** The other runs that have it. */
function others(run, id, { maker: made }) {
  const found = sharing(id).filter((other) => other.id !== run.id && other.id !== made?.run);
  if (!found.length) return null;
  const items = found.reverse().map((other) => make("a", { href: address({ run: other.id, artifact: id }) }, make("bdi", {}, other.id)));
  const left = items.splice(SHARING);
  return [
    make("span", {}, `also in ${plural(found.length, "other run")}`),
    list(items),
    left.length ? make("details", {}, make("summary", {}, `${left.length} more`), list(left)) : null,
  ];
}

function place({ uri, page, gone: isGone }) {
  const text = make("bdi", { class: "code" }, uri);
  if (page) return make("a", { href: page }, text);
  return isGone ? [text, make("span", { class: "muted" }, " (gone when this page was written)")] : text;
}

const toNode = (run, id) => make("a", { href: address({ run: run.id, node: id }) }, id);

function ofNode(run, node) {
  return [
    make("h2", { id: "chosen", tabindex: -1 }, node.id, make("span", { class: "muted" }, " "), worded(node.state)),
    make(
      "dl",
      {},
      row("Started", node.started && when(node.started, ["day", "second"])),
      row("Time", node.seconds !== undefined && duration(node.seconds)),
      row(node.state === "cached" ? "Why cached" : "Why it ran", node.why && make("bdi", {}, node.why)),
      row("Took", list((node.inputs ?? []).flatMap(({ key, artifacts }) => artifacts.map((id) => [toArtifact(run, id, key), kindOf(run, id)])))),
      row("Put out", list(node.outputs.filter(({ artifact }) => artifact !== null).map(({ label, artifact }) => [toArtifact(run, artifact, label), kindOf(run, artifact)]))),
      row("Execution", node.execution && String(node.execution)),
      row("Type", node.type && make("bdi", { class: "code" }, node.type)),
    ),
    node.error?.length ? [make("h3", {}, "Why it ended"), make("pre", {}, make("bdi", {}, node.error.join("\n")))] : null,
  ];
}

const toArtifact = (run, id, name) => make("a", { href: address({ run: run.id, artifact: id }) }, name);

const kindOf = (run, id) => make("span", { class: "muted" }, ` ${run.artifacts[id].type} ${id}`);
