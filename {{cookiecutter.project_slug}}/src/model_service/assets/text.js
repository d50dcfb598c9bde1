// A text to predict from: typed, pasted, or an example.

import { clear, openapi, predict } from "./page.js";

const find = (id) => document.getElementById(id);
let next = 0; // the example that comes next

function send() {
  const json = JSON.stringify({ instances: [find("text").value] });
  predict(json, "application/json", { json });
}

function sample(examples) {
  const example = examples[next % examples.length];
  next += 1;
  find("text").value = example.text ?? example;
  send();
}

find("input").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
find("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
});
find("clear").addEventListener("click", clear);

const { examples } = (await openapi).components.schemas.Instance;
find("sample").hidden = !examples.length;
find("sample").addEventListener("click", () => sample(examples));
