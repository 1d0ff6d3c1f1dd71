// Signing out on this device takes away what was typed and not saved: it says so before.
import { byId } from "./page.js";
import { drafts, removeDrafts } from "./drafts.js";

const dialog = byId("leaving");
let leaving;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("action") !== "/web/logout" || !drafts().length) return;
  event.preventDefault();
  leaving = form;
  byId("leaving-texts").replaceChildren(...drafts().map(({ label, text }) => {
    const item = document.createElement("li");
    const words = document.createElement("q");
    words.textContent = Object.values(text).find((value) => value.trim()) ?? "";
    item.append(label, ": ", words);
    return item;
  }));
  dialog.showModal();
});

dialog?.addEventListener("close", () => {
  if (dialog.returnValue !== "leave") return;
  removeDrafts();
  leaving.requestSubmit();
});
