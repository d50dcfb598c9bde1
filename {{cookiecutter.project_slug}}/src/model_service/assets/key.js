// Requests to the service, with the key that its reader typed in, if it asks for one.

const KEY = "service-key"; // kept until the tab is closed
const form = document.querySelector("#key-form");

export const hasKey = () => sessionStorage.getItem(KEY) !== null;

export const keyHeader = () => (hasKey() ? { "X-API-Key": sessionStorage.getItem(KEY) } : {});

// Waits for a key as often as the service refuses the one that it was given.
export async function ask(path, options = {}) {
  for (;;) {
    const headers = { ...options.headers, ...keyHeader() };
    const response = await fetch(path, { ...options, headers });
    if (response.status !== 401) return response;
    await typedKey();
  }
}

function typedKey() {
  form.hidden = false;
  form.key.value = "";
  form.key.focus();
  return new Promise((resolve) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      sessionStorage.setItem(KEY, form.key.value.trim());
      form.hidden = true;
      resolve();
    });
  });
}
