// A text that grows: wishes, tokens as they come, and the reason why there are no more.

import { duration, fill, make, number, say } from "./dom.js";
import { predict, stream } from "./server.js";

const REASONS = {
  end: "the model ended the text",
  stop: "a stop came",
  length: "as many tokens as were wished",
};
// What is wished at first: enough to read, and a little less daring than the model itself.
const WISHES = [
  { name: "max_new_tokens", label: "Tokens at most", value: 200, min: 1, max: 65536, step: 1 },
  { name: "temperature", label: "Temperature", value: 0.8, min: 0, step: "any", hint: "0 takes the likeliest token each time" },
  { name: "top_k", label: "Top k", value: 0, min: 0, step: 1, hint: "only so many of the likeliest; 0 for all" },
  { name: "top_p", label: "Top p", value: 1, min: 0.01, max: 1, step: "any", hint: "only the likeliest that reach this probability" },
  { name: "repetition_penalty", label: "Repetition penalty", value: 1, min: 0.05, step: "any", hint: "above 1 for less of the same" },
  { name: "seed", label: "Seed", value: "", step: 1, hint: "empty for another text each time" },
];
const SHOWN = 400; // tokens that are listed

export const canWrite = (model) => "generate_start" in model.signatures || "generate" in model.signatures;

/** The part of the form that asks for more of a text, and where it grows. */
export class Writing {
  /**
   * @param {Object} model
   * @param {() => string} text Gives what is to be written on.
   * @param {(error: Error | null) => void} onTrouble Is told what goes wrong, and that it goes well.
   */
  constructor(model, text, onTrouble) {
    [this.model, this.text, this.onTrouble] = [model, text, onTrouble];
    this.name = Object.keys(model.signatures).includes("generate_start") ? "stream" : "generate";
    this.fields = Object.fromEntries(WISHES.map((wish) => [wish.name, field(wish)]));
    this.stop = make("input", { id: "stop", type: "text", autocomplete: "off", "aria-describedby": "stop-hint" });
    this.button = make("button", { type: "button", class: "main", click: () => this.press() }, "Write on");
    this.form = [
      make("p", { class: "buttons" }, this.button, make("span", { class: "hint" }, "Ctrl + Enter")),
      make(
        "details",
        { class: "wishes" },
        make("summary", {}, "How tokens are chosen"),
        make(
          "div",
          { class: "fields" },
          WISHES.map((wish) => labelled(wish.name, wish.label, wish.hint, this.fields[wish.name])),
          labelled("stop", "Stop at", "a text at which it ends", this.stop),
        ),
      ),
    ];
    this.written = make("p", { class: "written", dir: "auto" });
    this.tokens = make("ol", { class: "choices" });
    this.list = make("details", { hidden: true }, make("summary", {}, "Tokens and their ids"), this.tokens);
    this.cost = make("p", { class: "cost" });
    this.result = make("div", { hidden: true, class: "growing" }, this.written, this.cost, this.list);
  }

  press() {
    if (this.control) this.control.abort();
    else this.write();
  }

  cancel() {
    this.control?.abort();
  }

  async write() {
    this.cancel();
    const wrong = Object.values(this.fields).find((input) => !input.checkValidity());
    if (wrong) {
      wrong.closest("details").open = true;
      wrong.reportValidity();
      return;
    }
    const control = (this.control = new AbortController());
    const prompt = this.text();
    this.open(prompt);
    const began = performance.now();
    let count = 0;
    const tell = (reason) => {
      const milliseconds = performance.now() - began;
      const speed = count > 1 ? `, ${number(Math.round((1000 * count) / milliseconds))} a second` : "";
      this.cost.textContent = `${count} ${count === 1 ? "token" : "tokens"} in ${duration(milliseconds)}${speed}${reason}`;
    };
    try {
      for await (const [name, data] of this.events(prompt, control.signal)) {
        if (control.signal.aborted) break;
        if (name === "error") throw Object.assign(new Error(data.error), { status: 504 });
        this.add(data.text);
        if (name === "token") {
          count += 1;
          this.list_(data);
          tell("");
        } else {
          count = data.tokens;
          tell(`; ${REASONS[data.reason]}${data.seed === undefined ? "" : `; seed ${data.seed}`}`);
          say(this.grown.textContent);
        }
      }
    } catch (error) {
      if (error.name === "AbortError") tell("; you stopped it");
      else if (this.control === control) {
        this.cost.textContent = "";
        this.onTrouble(error);
      }
    } finally {
      if (this.control === control) this.close();
    }
  }

  open(prompt) {
    this.grown = make("span", { class: "new" });
    fill(this.written, make("span", { class: "prompt" }, prompt), this.grown, make("span", { class: "caret", "aria-hidden": "true" }));
    fill(this.tokens);
    fill(this.cost, "Waiting for the first token");
    this.result.hidden = false;
    this.list.hidden = this.name !== "stream";
    this.button.textContent = "Stop";
    this.onTrouble(null);
    this.result.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.control = undefined;
    this.button.textContent = "Write on";
    this.written.querySelector(".caret")?.remove();
  }

  add(text) {
    this.grown.append(text);
  }

  list_({ token_id: id, text }) {
    if (this.tokens.childElementCount >= SHOWN) return;
    const piece = text.replaceAll("\n", "⏎").replaceAll(" ", "␣") || "·";
    this.tokens.append(make("li", { class: "token" }, make("bdi", { class: "piece" }, piece), make("span", { class: "id" }, String(id))));
  }

  /** Gives events; a model that cannot write part by part gives a single one. */
  async *events(text, signal) {
    const wishes = this.wishes();
    if (this.name === "stream") {
      yield* stream(this.model, { text, ...wishes }, signal);
      return;
    }
    const row = { text, seed: Math.floor(Math.random() * 2 ** 31), ...wishes, stop: wishes.stop ?? [""] };
    const told = await predict(this.model, "generate", row, signal);
    yield ["end", { text: told.text, tokens: told.tokens, reason: told.stopped ? "end" : "length", seed: row.seed }];
  }

  wishes() {
    const told = Object.entries(this.fields).filter(([, input]) => input.value !== "");
    const numbers = Object.fromEntries(told.map(([name, input]) => [name, Number(input.value)]));
    return this.stop.value ? { ...numbers, stop: [this.stop.value] } : numbers;
  }
}

function field({ name, value, min, max, step, hint }) {
  const described = hint ? `${name}-hint` : null;
  return make("input", { id: name, type: "number", value, min, max, step, "aria-describedby": described });
}

const labelled = (name, label, hint, input) =>
  make("div", {}, make("label", { for: name }, label), input, hint ? make("span", { class: "hint", id: `${name}-hint` }, hint) : null);
