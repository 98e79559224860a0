// Tokens with their ids, and what each gathers from each other one, layer by layer and head by head.

import { choices } from "./choices.js";
import { fill, make, say } from "./dom.js";
import { dots, HeatMap, largest, paint, share } from "./heat_map.js";

/** What a model's signature tells, in one shape for attention to itself, to a source and to nothing. */
export function told(row) {
  const isReal = (token) => token !== "";
  const columns = tokens(row.tokens, row.token_ids).filter(({ name }) => isReal(name));
  const rows = row.target_tokens
    ? tokens(row.target_tokens, row.target_ids).filter(({ name }) => isReal(name))
    : columns;
  const cut = (head) => head.slice(0, rows.length).map((line) => line.slice(0, columns.length));
  return { rows, columns, weights: row.weights?.map((layer) => layer.map(cut)) };
}

const tokens = (names, ids) => names.map((name, index) => ({ name, id: ids[index] }));

// What is chosen stays chosen while the text changes.
const kept = { head: "mean", row: 0 };

/** Shows tokens with their ids, all heads small, one of them large. */
export function show(place, { rows, columns, weights }) {
  if (!weights) {
    const list = columns.map((token) => make("li", { class: "token" }, ...face(token).face));
    fill(place, make("p", { class: "hint" }, counted(columns)), make("ul", { class: "choices" }, list));
    return;
  }
  const heads = [
    { key: "mean", label: "Mean of all heads", values: mean(weights.flat()) },
    ...weights.flatMap((layer, i) =>
      layer.map((values, j) => ({ key: `${i}.${j}`, label: `Layer ${i + 1}, head ${j + 1}`, values })),
    ),
  ];
  const isCross = rows !== columns;
  const at = Math.max(heads.findIndex((head) => head.key === kept.head), 0);
  kept.row = Math.min(kept.row, rows.length - 1);
  const large = new HeatMap(
    isCross ? "What each token of the translation gathers from each of the text" : "What each token gathers from each other one",
    rows.map((token) => token.name),
    columns.map((token) => token.name),
    (row, column) => point(row, column),
  );
  const line = make("p", { class: "cell", role: "status" });
  const caption = make("figcaption", {});
  let chosen = at;

  const row = choices(
    isCross ? "Token of the translation" : "Token that gathers",
    rows.map((token) => face(token, isCross ? "target" : "source")),
    kept.row,
    (index) => {
      kept.row = index;
      shade();
    },
  );
  const sources = isCross ? columns.map((token) => make("span", { class: "token" }, ...face(token).face)) : row.radios;
  const head = choices("Layer and head", heads.map(small), at, (index) => {
    chosen = index;
    kept.head = heads[index].key;
    change();
  });

  function change() {
    paint(large.canvas, heads[chosen].values);
    const most = share(largest(heads[chosen].values));
    caption.textContent = `${heads[chosen].label}: each row is a token, each column what it gathers from; the most is ${most}`;
    shade();
  }

  /** Shades the tokens by what the chosen one gathers from them. */
  function shade() {
    const values = heads[chosen].values[kept.row];
    const best = values.reduce((best, value, index) => (value > values[best] ? index : best), 0);
    sources.forEach((token, index) => token.style.setProperty("--part", (values[index] ?? 0) / (values[best] || 1)));
    tell(kept.row, best, "most, ");
  }

  function point(rowIndex, column) {
    tell(rowIndex, column, "");
  }

  function tell(rowIndex, column, most) {
    const value = share(heads[chosen].values[rowIndex][column]);
    fill(line, name(rows[rowIndex]), ` gathers ${most}${value}, from `, name(columns[column]));
  }

  fill(
    place,
    make("p", { class: "hint" }, `${counted(columns)} Choose one: the others are shaded by what it gathers from them.`),
    isCross ? make("p", { class: "side" }, "Translation") : null,
    row.group,
    isCross ? make("p", { class: "side" }, "Text") : null,
    isCross ? make("div", { class: "choices" }, sources) : null,
    line,
    make("div", { class: "pair" }, labelled(head, weights), figure(caption, large)),
  );
  change();
}

const counted = ({ length }) => `${length} ${length === 1 ? "token" : "tokens"}.`;

const name = (token) => make("bdi", { class: "quoted" }, `“${token.name}”`);

function face(token, kind = "source") {
  return {
    label: `${token.name}, id ${token.id}`,
    kind: `token ${kind}`,
    face: [make("bdi", { class: "piece" }, token.name), make("span", { class: "id" }, String(token.id))],
  };
}

const small = (head) => ({ label: head.label, kind: "head", face: [dots(head.values)] });

/** Puts the heads in rows, a layer each, within their group. */
function labelled({ group, radios }, weights) {
  group.className = "heads";
  const [mean_, ...each] = radios;
  const lines = [make("div", { class: "layer", role: "presentation" }, make("span", { "aria-hidden": "true" }, "Mean"), mean_)];
  weights.forEach((layer, i) => {
    const some = each.splice(0, layer.length);
    lines.push(make("div", { class: "layer", role: "presentation" }, make("span", { "aria-hidden": "true" }, `Layer ${i + 1}`), some));
  });
  fill(group, lines);
  return group;
}

function figure(caption, large) {
  return make("figure", {}, caption, make("div", { class: "scroll" }, large.element));
}

function mean(heads) {
  return heads[0].map((row, y) => row.map((_, x) => heads.reduce((sum, head) => sum + head[y][x], 0) / heads.length));
}

/** Tells that there is nothing to show. */
export function clear(place, text) {
  fill(place, make("p", { class: "hint" }, text));
  say("");
}
