// What the pages of all input kinds share: ask for a prediction, show it, and show the request.

import { ask, hasKey } from "./key.js";

const MOST_BARS = 10;
const find = (id) => document.getElementById(id);
const url = (path) => new URL(path, document.baseURI).href;

// The model's own words: its name, the schema of an instance, and examples.
export const openapi = describe();
let latest = null; // the request that is on its way
let shown = null; // how it is written in curl and in Python

async function describe() {
  for (;;) {
    const response = await ask("openapi.json");
    const answer = await response.json();
    if (response.ok) {
      clear();
      document.title = find("model").textContent = answer.info.title;
      find("about").textContent = answer.info.summary;
      showDevice();
      return answer;
    }
    showError(answer); // the model is still being loaded
    await new Promise((again) => setTimeout(again, 1000));
  }
}

async function showDevice() {
  const ready = await (await fetch("readyz")).json();
  find("device").hidden = !ready.device;
  find("device").textContent = `${ready.engine} on ${ready.device}`;
  find("device").title = ready.device_reason ?? "";
}

// Sends `body` of type `type`; `data` says what it is in a command: a file's name, or JSON text.
// A request that is still on its way is given up, so that the last one wins.
export async function predict(body, type, data) {
  latest?.abort();
  const mine = (latest = new AbortController());
  showRequest(type, data);
  const started = performance.now();
  try {
    const options = { method: "POST", body, headers: { "Content-Type": type } };
    const response = await ask("predict", { ...options, signal: mine.signal });
    const answer = await response.json();
    const total = performance.now() - started;
    if (!response.ok) return showError(answer);
    showPrediction(answer.predictions[0]);
    showTimes(response.headers.get("Server-Timing") ?? "", total);
  } catch (error) {
    if (!mine.signal.aborted) showError({ error: "The service cannot be reached." });
  }
}

export function clear() {
  latest?.abort();
  find("error").hidden = find("times").hidden = true;
  find("bars").replaceChildren();
  find("result").replaceChildren(element("p", "It appears here.", "quiet"));
}

export function showError({ error, code }) {
  clear();
  find("result").replaceChildren();
  find("error").hidden = false;
  find("error").replaceChildren(element("span", error));
  if (code) find("error").append(element("code", code));
}

function showPrediction(prediction) {
  find("error").hidden = true;
  if (prediction?.scores === undefined) {
    const text = JSON.stringify(prediction, null, 2);
    find("bars").replaceChildren();
    find("result").replaceChildren(element("pre", text));
    return;
  }
  const label = element("p", prediction.label, "label");
  find("result").replaceChildren(label, element("p", percent(prediction.score), "score"));
  const scores = Object.entries(prediction.scores).sort((one, other) => other[1] - one[1]);
  find("bars").replaceChildren(...scores.slice(0, MOST_BARS).map(bar));
}

function bar([label, score]) {
  const item = element("li");
  const track = element("span", "", "track");
  const fill = element("span", "", "fill");
  fill.style.width = `${100 * Math.min(1, Math.max(0, score))}%`;
  track.append(fill);
  item.append(element("span", label), track, element("span", percent(score), "number"));
  return item;
}

function showTimes(serverTiming, total) {
  const steps = [...serverTiming.matchAll(/([\w-]+);dur=([\d.]+)/g)].map(([, step, ms]) => [step, +ms]);
  const times = [...steps, ["there and back", total]];
  const told = times.map(([step, ms]) => [step, `${ms.toFixed(ms < 10 ? 2 : 0)} ms`]);
  const rows = serverTiming.match(/batch;desc="(\d+)"/)?.[1];
  if (rows) told.push(["batch", rows === "1" ? "1 row" : `${rows} rows`]);
  const pairs = told.map(([name, value]) => {
    const pair = element("div");
    pair.append(element("dt", name), element("dd", value));
    return pair;
  });
  find("times").hidden = false;
  find("times").replaceChildren(...pairs);
}

function showRequest(type, data) {
  shown = { type, data };
  find("copy").textContent = "Copy";
  find("same").hidden = false;
  const python = find("as-python").ariaPressed === "true";
  find("request").textContent = python ? asPython(type, data) : asCurl(type, data);
}

function asCurl(type, data) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const key = hasKey() ? ' -H "X-API-Key: $API_KEY"' : "";
  const body = data.file ? `--data-binary ${quoted(`@${data.file}`)}` : `-d ${quoted(data.json)}`;
  return `curl -H ${quoted(`Content-Type: ${type}`)}${key} \\\n  ${body} \\\n  ${url("predict")}`;
}

function asPython(type, data) {
  const key = hasKey() ? ', "X-API-Key": os.environ["API_KEY"]' : "";
  const file = `open(${JSON.stringify(data.file)}, "rb")`;
  return [
    hasKey() ? "import os\n\nimport requests\n" : "import requests\n",
    "answer = requests.post(",
    `    ${JSON.stringify(url("predict"))},`,
    `    data=${data.file ? file : JSON.stringify(data.json)},`,
    `    headers={"Content-Type": ${JSON.stringify(type)}${key}},`,
    ")",
    "print(answer.json())",
  ].join("\n");
}

function switchTo(language) {
  find("as-curl").ariaPressed = String(language === "curl");
  find("as-python").ariaPressed = String(language === "python");
  if (shown) showRequest(shown.type, shown.data);
}

async function copy() {
  await navigator.clipboard.writeText(find("request").textContent);
  find("copy").textContent = "Copied";
}

export function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function percent(score) {
  return `${(100 * score).toFixed(1)} %`;
}

find("as-curl").addEventListener("click", () => switchTo("curl"));
find("as-python").addEventListener("click", () => switchTo("python"));
find("copy").addEventListener("click", copy);
