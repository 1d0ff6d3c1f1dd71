// How many rows are selected, and no more than one request may move.
import { announce, byId } from "./page.js";

const MOST = 50;
const bulk = byId("bulk");

const selected = () => document.querySelectorAll(".row-check:checked").length;

/** Says how many are selected. */
export const count = () => {
  if (!bulk) return;
  bulk.hidden = !selected();
  bulk.querySelector("[data-count]").textContent = `Move ${selected()} to`;
};

document.addEventListener("change", ({ target }) => {
  if (!target.matches(".row-check")) return;
  if (selected() > MOST) {
    target.checked = false;
    announce(`You can move up to ${MOST} at once.`);
  }
  count();
});

// The boxes are emptied after the event.
bulk?.addEventListener("reset", () => setTimeout(count));
document.addEventListener("htmx:after:swap", count);
count();
