// The service's OpenAPI document, shown and tried by RapiDoc.

import { ask, keyHeader } from "./key.js";

const docs = document.querySelector("#docs");
const dark = matchMedia("(prefers-color-scheme: dark)");

function dress() {
  docs.setAttribute("theme", dark.matches ? "dark" : "light");
  docs.setAttribute("primary-color", dark.matches ? "#8fb0ff" : "#2c55c9");
  docs.setAttribute("bg-color", dark.matches ? "#11151c" : "#f5f6f8");
}

dress();
dark.addEventListener("change", dress);
docs.addEventListener("before-try", (event) => {
  for (const [name, value] of Object.entries(keyHeader())) event.detail.request.headers.set(name, value);
});
await customElements.whenDefined("rapi-doc");
docs.setAttribute("server-url", new URL(".", document.baseURI).href.replace(/\/$/, ""));
docs.loadSpec(await (await ask("openapi.json")).json());
