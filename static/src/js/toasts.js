// Toasts leave by themselves, later when there is something to press, never while they are looked at.
import { byId } from "./page.js";

const toasts = byId("toasts");

const expire = (toast, after) =>
  setTimeout(() => {
    if (!toast.isConnected) return;
    if (toast.matches(":hover, :focus-within")) expire(toast, 4000);
    else toast.remove();
  }, after);

const arrived = (toast) => {
  // What waits for a decision stays.
  if (!("stays" in toast.dataset)) expire(toast, toast.querySelector("form, .button") ? 20_000 : 10_000);
};

toasts.querySelectorAll(".toast").forEach(arrived);

const home = toasts.parentElement;
// In such a dialog somebody may be typing: it stays open.
document.addEventListener("close", () => home.append(toasts), true);

new MutationObserver((changes) => {
  // Under a dialog they could be neither read nor pressed.
  const place = document.querySelector("dialog[open]") ?? home;
  if (toasts.parentElement !== place) place.append(toasts);
  for (const change of changes) {
    for (const node of change.addedNodes) if (node.nodeType === 1) arrived(node);
  }
  // What waits for a decision is pushed out by nothing.
  for (const old of [...toasts.querySelectorAll(".toast:not([data-stays])")].slice(0, -4)) old.remove();
}).observe(toasts, { childList: true });

document.addEventListener("click", ({ target }) => {
  const dismiss = target.closest("[data-dismiss]");
  if (!dismiss) return;
  dismiss.closest(".toast").remove();
  byId("main").focus({ preventScroll: true });
});

// What was said once is not said again by a reload.
const address = new URL(location.href);
/** What the address says was done before this page was made. */
export const done = address.searchParams.get("done");
if (done) {
  for (const name of ["done", "task"]) address.searchParams.delete(name);
  history.replaceState(null, "", address);
}
