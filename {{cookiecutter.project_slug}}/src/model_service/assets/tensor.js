// Numbers to predict from: a field for each named feature, or else one for the instance as JSON.

import { clear, element, openapi, predict } from "./page.js";

const find = (id) => document.getElementById(id);
const { components } = await openapi;
const schema = components.schemas.Instance;
const features = Object.keys((schema.anyOf ?? [schema])[0].properties ?? {});
const { examples } = schema;
let next = 0; // the example that comes next

function field(name, kind = "input") {
  const label = element("label", name);
  const input = element(kind);
  input.name = name;
  input.autocomplete = "off";
  label.append(input);
  return label;
}

// What is no JSON goes as text: the service says what is wrong with it.
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function instance() {
  const given = new FormData(find("input"));
  if (!features.length) return read(given.get("instance"));
  const filled = features.filter((name) => given.get(name).trim());
  return Object.fromEntries(filled.map((name) => [name, read(given.get(name))]));
}

function send() {
  const json = JSON.stringify({ instances: [instance()] });
  predict(json, "application/json", { json });
}

function sample() {
  const values = examples[next % examples.length];
  next += 1;
  const fields = find("input").elements;
  if (!features.length) fields.instance.value = JSON.stringify(values);
  for (const [place, name] of features.entries()) fields[name].value = values[name] ?? values[place];
  send();
}

find("fields").append(...(features.length ? features.map((name) => field(name)) : [field("instance", "textarea")]));
for (const input of find("fields").querySelectorAll("input")) input.inputMode = "decimal";
find("input").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
find("sample").hidden = !examples.length;
find("sample").addEventListener("click", sample);
find("clear").addEventListener("click", clear);
