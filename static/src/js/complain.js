// What went wrong, as a toast.
import { byId } from "./page.js";

/** A toast that tells of a failure, with something to press if there is anything to do about it. */
export const complain = (text, action) => {
  const toast = byId("failed").content.firstElementChild.cloneNode(true);
  const sentence = toast.querySelector("p");
  if (text) sentence.textContent = text;
  if (action) {
    sentence.after(action);
    toast.dataset.stays = "";
  }
  byId("toasts").append(toast);
  return toast;
};

let told;

/** A toast that says why nothing happened; the next one takes its place. */
export const tell = (text) => {
  told?.remove();
  told = complain(text);
  told.classList.remove("toast-error");
};

export const reference = (id) => (id ? ` Reference: ${id}` : "");
