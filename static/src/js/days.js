// A page that is left open goes on to the next day: a field that says today says the new one, unless somebody chose its
// day, or began to type what belongs to the old one.
import { today } from "./clock.js";
import { hasTyped, isChosen } from "./drafts.js";
import { isAttended, refresh } from "./refresh.js";

let day = today();

export const turn = () => {
  const next = today();
  for (const field of document.querySelectorAll("input[data-today]")) {
    const before = field.max;
    if (before >= next) continue;
    const follows = field.value === before && !hasTyped(field.form) && !isChosen(field);
    field.max = next;
    if (follows) field.defaultValue = field.value = next;
  }
  if (next === day) return;
  day = next;
  // Headings and links turn with what stands under them.
  if (isAttended()) refresh();
};

setInterval(turn, 5000);
for (const type of ["visibilitychange", "submit"]) document.addEventListener(type, turn, true);
addEventListener("focus", turn);
