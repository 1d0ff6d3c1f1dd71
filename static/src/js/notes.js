// What the script has to say about a form stands in the form's own `.form-note`, whose place is kept free.
import { shown } from "./page.js";

/** Says it in the form; false where the form has no place for it, or none that can be seen. */
export const note = (form, parts = [], button = "") => {
  const place = form.querySelector(".form-note");
  const words = document.createElement("span");
  words.append(...parts);
  place?.replaceChildren(...(parts.length ? [words, " ", button] : []));
  return Boolean(place) && shown(place);
};
