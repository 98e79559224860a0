// What the server is asked, and what it answers: JSON, server-sent events, and errors in its words.

const KEY = "meritline-key";

/** What went wrong; `status` is 0 where the server did not answer at all. */
export class Trouble extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export const setKey = (key) => sessionStorage.setItem(KEY, key);

export const models = async (signal) => (await answered("/page/models", { signal })).models;

/** Asks a signature for one row; gives each output's row by name. */
export async function predict(model, signature, row, signal) {
  const inputs = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, [value]]));
  const outputs = Object.keys(model.signatures[signature].outputs).length;
  const { outputs: columns } = await answered(`${path(model)}:predict`, {
    method: "POST",
    body: JSON.stringify({ signature_name: signature, inputs }),
    signal,
  });
  const [only] = model.signatures[signature].outputs;
  const named = outputs === 1 ? { [only.name]: columns } : columns;
  return Object.fromEntries(Object.entries(named).map(([name, column]) => [name, column[0]]));
}

/** Asks for a text that grows; gives its events, `[name, data]`, as they come. */
export async function* stream(model, wishes, signal) {
  const response = await send(`${path(model)}:generate_stream`, {
    method: "POST",
    body: JSON.stringify(wishes),
    signal,
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  while (true) {
    const { done, value } = await reader.read().catch((error) => {
      throw error.name === "AbortError" ? error : gone();
    });
    if (done) break;
    const parts = (held + value).split("\n\n");
    held = parts.pop();
    for (const part of parts) yield event(part);
  }
}

function event(text) {
  const fields = Object.fromEntries(
    text.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  return [fields.event, read(fields.data)];
}

const path = (model) =>
  `/v1/models/${encodeURIComponent(model.name)}/versions/${encodeURIComponent(model.version)}`;

const gone = () => new Trouble("The server does not answer. It may have stopped, or be starting.", 0);

async function answered(url, options) {
  return read(await (await send(url, options)).text());
}

async function send(url, options) {
  const key = sessionStorage.getItem(KEY);
  const headers = key ? { authorization: `Bearer ${key}` } : {};
  let response;
  try {
    response = await fetch(url, { ...options, headers });
  } catch (error) {
    throw error.name === "AbortError" ? error : gone();
  }
  if (!response.ok) throw new Trouble(words(await response.text()), response.status);
  return response;
}

function words(body) {
  try {
    return JSON.parse(body).error;
  } catch {
    return body.slice(0, 1000);
  }
}

/** Reads JSON in which NaN and infinities may stand; they become null. */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    const plain = text.replace(/("(?:[^"\\]|\\.)*")|-?Infinity|NaN/g, (found, string) => string ?? "null");
    return JSON.parse(plain);
  }
}
