// Signing out on this device takes away what was typed and not saved: it says so before. So does deleting the account,
// whose page says so itself.
import { byId, user } from "./page.js";
import { drafts, removeDrafts } from "./drafts.js";
import * as store from "./store.js";
import { done } from "./toasts.js";

const dialog = byId("leaving");
let leaving;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("action") !== "/web/logout") return;
  if (!drafts().length) {
    removeDrafts();
    store.write("leaving", user);
    return;
  }
  event.preventDefault();
  leaving = form;
  byId("leaving-texts").replaceChildren(...drafts().map(({ label, text }) => {
    const item = document.createElement("li");
    const words = document.createElement("q");
    words.dir = "auto";
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

// Whether an account was deleted, the page after it knows.
const left = store.read("leaving");
store.remove("leaving");
if (!user && done === "left") removeDrafts(left);
// Other tabs show nothing any more of whoever is gone.
if (!user && left && location.pathname === "/login") {
  store.write("gone", left);
  store.remove("gone");
}
addEventListener("storage", ({ key, newValue }) => {
  if (user && key === "gone" && newValue === user) location.assign("/login");
});
document.addEventListener("submit", ({ target: form }) => {
  if (form.getAttribute("action") === "/web/account/leave") store.write("leaving", user);
});
