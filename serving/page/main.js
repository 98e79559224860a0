// The page: finds out what there is to ask, asks as the text changes, and shows what comes back.

import { answer } from "./answers.js";
import * as attention from "./attention.js";
import { debounced, duration, fill, find, make, say } from "./dom.js";
import { models as list, predict, setKey } from "./server.js";
import { canWrite, Writing } from "./writing.js";

const PATIENCE = 180; // milliseconds after the last key
const AGAIN = 2000; // milliseconds until a server that does not answer is asked again
const LONG = 1500; // characters; attention of a longer text is asked for by a button
const TITLES = {
  classification: "Which label fits?",
  multi_label: "Which labels fit?",
  regression: "Which numbers fit?",
  question_answering: "What does the text answer?",
  translation: "What is it in the other language?",
  masked_language_model: "What stands behind the mask?",
  language_model: "How does it go on?",
};
// What shows tokens, the one that shows most first.
const SHOWS = ["cross_attention", "attention", "tokens"];
// What fields are called whose inputs have the names of a pipeline's.
const PAIR = { text: "First text", text_pair: "Second text" };
const LABELS = { question_answering: { text: "Question", text_pair: "Text" } };

const page = { all: [], model: null, inputs: [], writing: null, asking: null, timer: 0 };
const changed = debounced(ask, PATIENCE);

/** Finds out which models there are. */
async function start() {
  clearTimeout(page.timer);
  try {
    page.all = await list();
  } catch (error) {
    trouble("start", error, start);
    return;
  }
  const named = new URLSearchParams(location.hash.slice(1)).get("model");
  fill(find("models"), page.all.map((model) => make("option", { value: model.name }, model.name)));
  find("choice").hidden = page.all.length < 2;
  choose((page.all.find((model) => model.name === named) ?? page.all[0]).name);
}

/** Shows a model's form; what was written stays where it fits. */
function choose(name) {
  const model = page.all.find((one) => one.name === name);
  const before = page.model?.name === name ? Object.fromEntries(page.inputs.map((input) => [input.name, input.value])) : {};
  const { id, selectionStart, selectionEnd } = document.activeElement;
  page.asking?.abort();
  page.writing?.cancel();
  changed.cancel();
  page.model = model;
  find("models").value = name;
  find("ask").hidden = find("attention").hidden = model.version === null;
  clear();
  if (model.version === null) {
    about(model);
    trouble("start", Object.assign(new Error(`${name}: ${model.error}`), { status: 503 }), start);
    return;
  }
  const task = model.task?.name ?? "";
  find("title").textContent = TITLES[task] ?? "Ask the model";
  about(model);
  build(model, task, before);
  find("attention").hidden = !shows(model);
  find("attended").textContent = shows(model) === "tokens" ? "Tokens" : "Tokens and attention";
  settle("start");
  if (id.startsWith("input-") && find(id)) {
    find(id).focus();
    find(id).setSelectionRange?.(selectionStart, selectionEnd);
  }
  ask();
}

function about(model) {
  const task = (model.task?.name ?? "").replaceAll("_", " ");
  const version = model.version === null ? "not available" : `version ${model.version}`;
  fill(find("about"), page.all.length < 2 ? make("b", {}, model.name) : null, [task, version].filter(Boolean).join(" · "));
  document.title = `${model.name} · Meritline`;
}

/** Makes a field for each input, in the task's order. */
function build(model, task, before) {
  const told = model.signatures.serving_default?.inputs ?? [];
  const order = model.task?.texts ?? [];
  const place = ({ name }) => (order.includes(name) ? order.indexOf(name) : order.length);
  const labels = LABELS[task] ?? (told.some(({ name }) => name === "text_pair") ? PAIR : {});
  page.inputs = [...told].sort((a, b) => place(a) - place(b)).map((input, index, all) => field(input, task, labels, index === all.length - 1, before));
  page.writing = canWrite(model) ? new Writing(model, () => page.inputs[0].value, (error) => (error ? trouble("write", error) : settle("write"))) : null;
  const mask = task === "masked_language_model" ? [make("p", { class: "buttons" }, make("button", { type: "button", click: insertMask }, "Insert [MASK]"))] : [];
  fill(
    find("form"),
    page.inputs.map(({ name, label, input }) => make("div", { class: "field" }, make("label", { for: `input-${name}` }, label), input)),
    mask,
    page.writing?.form ?? [],
  );
  find("answered").textContent = page.writing ? "How likely the text is" : "Answer";
  find("answer").querySelector(".growing")?.remove();
  if (page.writing) find("answer").prepend(page.writing.result);
}

function field({ name, dtype, shape }, task, labels, isLast, before) {
  const label = labels[name] ?? name[0].toUpperCase() + name.slice(1).replaceAll("_", " ");
  const isList = shape === null || shape.length !== 1; // what a row has is no single value
  const isText = dtype === "string" && !isList;
  const attributes = {
    id: `input-${name}`,
    dir: "auto",
    spellcheck: "false",
    placeholder: isText ? `Type or paste the ${label.toLowerCase()}` : isList ? "A list of JSON, such as [1, 2]" : "A number",
    input: () => changed.soon(),
  };
  const rows = task === "question_answering" && isLast ? 10 : task === "question_answering" || isList ? 2 : 5;
  const input = isText || isList ? make("textarea", { ...attributes, rows }) : make("input", { ...attributes, type: "number", step: "any", value: 0 });
  if (name in before) input.value = before[name];
  return {
    name,
    label,
    input,
    get value() {
      return input.value;
    },
    get told() {
      if (isText) return input.value;
      if (isList) return parsed(name, input.value);
      return dtype === "bool" ? Boolean(Number(input.value)) : Number(input.value);
    },
  };
}

function parsed(name, text) {
  try {
    return JSON.parse(text);
  } catch {
    throw Object.assign(new Error(`${name} must be a list of JSON`), { status: 400 });
  }
}

function insertMask() {
  const { input } = page.inputs[0];
  input.setRangeText("[MASK]", input.selectionStart, input.selectionEnd, "end");
  input.focus();
  changed.now();
}

/** Asks with what stands in the form now; an answer that is late for it is dropped. */
async function ask() {
  page.asking?.abort();
  const { model } = page;
  if (!page.inputs.length || page.inputs.some((input) => !input.value.trim())) {
    clear();
    return;
  }
  const { signal } = (page.asking = new AbortController());
  find("answer").setAttribute("aria-busy", "true");
  try {
    const row = Object.fromEntries(page.inputs.map((input) => [input.name, input.told]));
    const began = performance.now();
    const told = await predict(model, "serving_default", row, signal);
    const milliseconds = performance.now() - began;
    if (signal.aborted) return;
    const { shown, said } = answer(model.task?.name ?? "", told, row, page.inputs.map((input) => input.name));
    fill(find("result"), shown);
    find("cost").textContent = `Answered in ${duration(milliseconds)}`;
    settle("ask");
    say(said);
    await gather(model, row, signal, false);
  } catch (error) {
    if (signal.aborted || error.name === "AbortError") return;
    if (error.status === 404) {
      page.timer = setTimeout(start, PATIENCE); // another version answers now
      return;
    }
    clear();
    trouble("ask", error, error.status === 0 ? start : null);
  } finally {
    if (page.asking?.signal === signal) find("answer").setAttribute("aria-busy", "false");
  }
}

const shows = (model) => SHOWS.find((name) => model.signatures?.[name]?.outputs.some((output) => output.name === "tokens"));

async function gather(model, row, signal, isWished) {
  const signature = shows(model);
  if (!signature) return;
  const place = find("weights");
  const names = model.signatures[signature].inputs.map((input) => input.name);
  const size = names.reduce((sum, name) => sum + String(row[name]).length, 0);
  if (size > LONG && !isWished) {
    const show = make("button", { type: "button", click: () => gather(model, row, signal, true).catch((error) => trouble("ask", error)) }, "Show it");
    fill(place, make("p", { class: "hint" }, "What there is to show of so long a text is large. ", show));
    return;
  }
  const told = await predict(model, signature, Object.fromEntries(names.map((name) => [name, row[name]])), signal);
  if (!signal.aborted) attention.show(place, attention.told(told));
}

function clear() {
  fill(find("result"), make("p", { class: "hint" }, "It appears here as you type."));
  find("cost").textContent = "";
  find("answer").setAttribute("aria-busy", "false");
  const told = page.model && shows(page.model) === "tokens" ? "" : ", and what each gathers from the others";
  attention.clear(find("weights"), `The tokens of the text appear here${told}.`);
}

/** Tells what went wrong with what, in the server's words; what may pass is tried again. */
function trouble(what, error, again) {
  const words = find("trouble");
  const told = [title(error.status), error.message, again ? "It is asked again every two seconds." : ""];
  if (words.hidden || words.textContent !== told.join("")) {
    fill(words, make("b", {}, told[0]), told.slice(1).map((line) => make("span", {}, line))); // once, or it would be said each time
  }
  words.hidden = false;
  words.dataset.what = what;
  words.scrollIntoView({ block: "nearest" });
  find("key").hidden = error.status !== 401;
  if (error.status === 401) find("secret").focus();
  else if (again) page.timer = setTimeout(again, AGAIN);
}

/** Takes back what was told of something that has gone well since. */
function settle(what) {
  const words = find("trouble");
  if (words.dataset.what === what) words.hidden = true;
}

function title(status) {
  if (status === 0) return "No answer";
  if (status === 401) return "Not allowed";
  if (status === 429) return "Busy";
  if (status === 503) return "Not ready";
  if (status === 504) return "Too late";
  return status >= 500 ? "The server failed" : status >= 400 ? "Refused" : "The page failed";
}

find("models").addEventListener("change", (event) => {
  location.hash = new URLSearchParams({ model: event.target.value });
  choose(event.target.value);
});
find("form").addEventListener("submit", (event) => event.preventDefault());
find("form").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  if (page.writing) page.writing.write();
  changed.now();
});
find("key").addEventListener("submit", (event) => {
  event.preventDefault();
  setKey(find("secret").value);
  find("key").hidden = find("trouble").hidden = true;
  start();
});
// Colours of heat maps are drawn, and have to be drawn again.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => page.model && changed.now());
start();
