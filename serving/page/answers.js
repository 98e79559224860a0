// What a model answered, as people read it: one view for each task, and a plain one for all others.

import { bars } from "./bars.js";
import { make, number, percent } from "./dom.js";

const EVEN = 0.5; // a model of several labels chooses those of at least even odds

/**
 * Shows a row of outputs.
 * @param {string} task The model's, or an empty string.
 * @param {Object} row Output name to value.
 * @param {Object} asked Input name to text.
 * @param {string[]} texts Names of the inputs, in their order.
 * @returns {{shown: Node[], said: string}} Elements, and what is said of them.
 */
export function answer(task, row, asked, texts) {
  const view = VIEWS[task];
  try {
    return view ? view(row, asked, texts) : plain(row);
  } catch (error) {
    // A model may tell a task, and have other outputs than the tasks known here.
    if (!(error instanceof TypeError)) throw error;
    return plain(row);
  }
}

const VIEWS = {
  classification(row) {
    const best = percent(row.probability);
    return {
      shown: [verdict(row.label, best), ...bars("Probabilities", row.labels, row.probabilities, (value) => value === row.probability)],
      said: `${row.label}, ${best}`,
    };
  },

  multi_label(row) {
    const chosen = row.labels.filter((_, index) => row.probabilities[index] >= EVEN);
    const told = chosen.length ? chosen.map((label) => make("bdi", { class: "label" }, label)) : "None";
    return {
      shown: [make("p", { class: "verdict" }, told), ...bars("Probabilities", row.labels, row.probabilities, (value) => value >= EVEN)],
      said: chosen.join(", ") || "None",
    };
  },

  regression(row) {
    const facts = row.targets.map((target, index) =>
      make("div", {}, make("dt", {}, make("bdi", {}, target)), make("dd", {}, number(row.values[index]))),
    );
    return {
      shown: [make("dl", { class: "facts" }, facts)],
      said: row.targets.map((target, index) => `${target} ${number(row.values[index])}`).join(", "),
    };
  },

  question_answering(row, asked, texts) {
    const context = [...asked[texts[1]]]; // places count code points
    const [start, end] = [Number(row.start), Number(row.end)];
    const parts = [context.slice(0, start), context.slice(start, end), context.slice(end)];
    const [before, told, after] = parts.map((part) => part.join(""));
    if (!row.answer) return { shown: [make("p", { class: "verdict" }, "No answer in this text")], said: "No answer" };
    return {
      shown: [
        verdict(row.answer, percent(row.score)),
        make("h3", {}, "Where it stands"),
        make("p", { class: "context", dir: "auto" }, before, make("mark", {}, told), after),
      ],
      said: row.answer,
    };
  },

  translation(row) {
    const facts = [["Log-probability", row.log_probability], ["Score", row.score], ["Tokens", row.tokens]];
    return {
      shown: [make("p", { class: "written", dir: "auto" }, row.translation), small(facts)],
      said: row.translation,
    };
  },

  masked_language_model(row) {
    if (!row.masks) {
      return { shown: [make("p", { class: "hint" }, "Write [MASK] where a word is to be found.")], said: "No mask" };
    }
    const each = row.tokens.slice(0, row.masks).map((names, index) => [
      make("h3", {}, row.masks > 1 ? `Mask ${index + 1}` : "The mask"),
      ...bars(`Mask ${index + 1}`, names, row.probabilities[index], (value) => value === row.probabilities[index][0]),
    ]);
    return { shown: each.flat(), said: row.tokens.slice(0, row.masks).map(([first]) => first).join(", ") };
  },

  language_model(row) {
    const facts = [
      ["Bits a character", row.bits_per_character],
      ["Perplexity", row.perplexity],
      ["Log-probability", row.log_probability],
      ["Tokens", row.tokens],
    ];
    return { shown: [small(facts)], said: "" };
  },
};

/** Shows any outputs by their names. */
function plain(row) {
  const facts = Object.entries(row).map(([name, value]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, make("pre", {}, written(value)))),
  );
  return { shown: [make("dl", { class: "outputs" }, facts)], said: "Answered" };
}

const written = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 1));

const verdict = (label, share) =>
  make("p", { class: "verdict" }, make("bdi", { class: "label" }, label), make("span", { class: "share" }, share));

function small(facts) {
  const known = facts.filter(([, value]) => value !== undefined);
  return make("dl", { class: "facts" }, known.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, number(value)))));
}
