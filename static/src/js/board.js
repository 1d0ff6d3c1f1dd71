// Cards move by mouse and by keyboard; both press the same buttons as the menu. The board's own script, beside the others'.
import { choose, takesText } from "./page.js";

let dragged;

const moveTo = (card, column) => {
  if (column && column !== card.closest(".column")) choose(card.querySelector("form[data-optimistic]"), column.dataset.status);
};

const mark = (over) => {
  for (const column of document.querySelectorAll(".column")) column.classList.toggle("column-over", column === over);
};

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(".ticket");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.querySelector(".row-title").textContent);
});

document.addEventListener("dragover", (event) => {
  const column = dragged && event.target.closest?.(".column");
  if (column) event.preventDefault();
  if (dragged) mark(column);
});

document.addEventListener("drop", (event) => {
  if (!dragged) return;
  event.preventDefault();
  moveTo(dragged, event.target.closest(".column"));
});

document.addEventListener("dragend", () => {
  dragged = null;
  mark();
});

const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 };

document.addEventListener("keydown", (event) => {
  const step = steps[event.key];
  const card = step && event.target.closest(".ticket");
  if (!card || event.ctrlKey || event.metaKey || event.altKey || takesText(event.target) || event.target.closest("form")) return;
  event.preventDefault();
  const column = card.closest(".column");
  const cards = [...column.querySelectorAll(".ticket")];
  const across = event.key === "ArrowLeft" || event.key === "ArrowRight";
  const columns = [...document.querySelectorAll(".column")];
  const beside = columns.indexOf(column) + step;
  if (!across) cards[cards.indexOf(card) + step]?.querySelector(".row-title").focus();
  else if (event.shiftKey) moveTo(card, columns[beside]);
  else {
    // An empty column is walked over.
    const way = step > 0 ? columns.slice(beside) : columns.slice(0, Math.max(beside + 1, 0)).reverse();
    const there = way.map((other) => other.querySelectorAll(".ticket")).find((all) => all.length);
    there?.[Math.min(cards.indexOf(card), there.length - 1)].querySelector(".row-title").focus();
  }
});
