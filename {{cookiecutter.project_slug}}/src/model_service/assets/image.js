// An image to predict: drawn with mouse, finger or pen, dropped, pasted, chosen, or an example.

import { clear, openapi, predict } from "./page.js";

const PEN = 22; // of the 280 pixels of the canvas: a stroke as wide as those of the starter's digits
const find = (id) => document.getElementById(id);
const canvas = find("canvas");
const pen = canvas.getContext("2d");
let file = null; // what was dropped, pasted or chosen; null while it is drawn
let drawing = false;
let next = 0; // the example that comes next

function wipe() {
  file = null;
  find("picture").hidden = find("save").hidden = true;
  find("hint").hidden = false;
  pen.fillStyle = "black";
  pen.fillRect(0, 0, canvas.width, canvas.height);
}

function place(event) {
  const scale = canvas.width / canvas.clientWidth;
  return [event.offsetX * scale, event.offsetY * scale];
}

function start(event) {
  if (file) wipe();
  drawing = true;
  canvas.setPointerCapture(event.pointerId);
  find("hint").hidden = true;
  Object.assign(pen, { strokeStyle: "white", lineWidth: PEN, lineCap: "round", lineJoin: "round" });
  pen.beginPath();
  pen.moveTo(...place(event));
  move(event); // a tap is a dot
}

function move(event) {
  if (!drawing) return;
  pen.lineTo(...place(event));
  pen.stroke();
}

function end() {
  if (drawing) send();
  drawing = false;
}

function use(image) {
  file = image;
  find("picture").src = URL.createObjectURL(image);
  find("picture").alt = image.name;
  find("picture").hidden = false;
  find("hint").hidden = true;
  return send();
}

async function send() {
  const image = file ?? (await new Promise((done) => canvas.toBlob(done, "image/png")));
  const name = image.name ?? find("save").download;
  find("save").hidden = Boolean(file);
  find("save").href = URL.createObjectURL(image);
  await predict(image, image.type || "application/octet-stream", { file: name });
}

function sample(examples) {
  const example = examples[next % examples.length];
  next += 1;
  const bytes = Uint8Array.from(atob(example.b64 ?? example), (character) => character.charCodeAt(0));
  use(new File([bytes], `sample-${next}.png`, { type: "image/png" }));
}

function useFirst(files) {
  if (files.length) use(files[0]);
}

canvas.addEventListener("pointerdown", start);
canvas.addEventListener("pointermove", move);
canvas.addEventListener("pointerup", end);
canvas.addEventListener("pointercancel", end);
find("file").addEventListener("change", (event) => {
  useFirst(event.target.files);
  event.target.value = ""; // so that the same file can be chosen again
});
find("predict").addEventListener("click", send);
find("clear").addEventListener("click", () => {
  wipe();
  clear();
});
document.addEventListener("paste", (event) => useFirst(event.clipboardData.files));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  useFirst(event.dataTransfer.files);
});
wipe();

const { examples } = (await openapi).components.schemas.Instance;
find("sample").hidden = !examples.length;
find("sample").addEventListener("click", () => sample(examples));
