// What the script has to say about a form stands in the form's own `.form-note`, whose place is kept free.
import { shown } from "./page.js";

const said = new Map();

/** Says it in the form; false where the form has no place for it, or none that can be seen. */
export const note = (form, parts = [], button = "") => {
  const place = form.querySelector(".form-note");
  const words = document.createElement("span");
  words.append(...parts);
  const all = parts.length ? [words, " ", button] : [];
  if (parts.length) said.set(form, all);
  else said.delete(form);
  place?.replaceChildren(...all);
  return Boolean(place) && shown(place);
};

// The server's form has nothing to say there; what was said still holds.
document.addEventListener("htmx:after:swap", () => {
  for (const [form, all] of said) {
    const place = form.querySelector(".form-note");
    if (!form.isConnected) said.delete(form);
    else if (place && !place.textContent) place.replaceChildren(...all);
  }
});
