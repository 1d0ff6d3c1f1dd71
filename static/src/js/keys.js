// The keyboard. One table of single keys, shown as the help sheet; the account page turns them off on a device.
import { byId, choose, shown, takesText } from "./page.js";
import { hasTyped, keeps, warn } from "./drafts.js";
import { closeMenu } from "./menus.js";
import { openPalette } from "./palette.js";
import { newTask } from "./quick-add.js";
import * as store from "./store.js";

const item = () => document.activeElement.closest(".row, .ticket");
/** A part of the row or card that has the focus, by the name in front of its id. */
const part = (name) => byId(`${name}-${item()?.id.slice("task-".length)}`);

const step = (by) => {
  const titles = [...document.querySelectorAll("a.row-title")].filter(shown);
  const here = titles.indexOf(item()?.querySelector(".row-title"));
  titles[here < 0 ? 0 : here + by]?.focus();
};

const move = (status) => choose(item()?.querySelector("form[data-optimistic]"), status);

const find = () => {
  const filter = byId("filter");
  if (!filter) openPalette();
  filter?.focus();
  filter?.select();
};

const openStatus = () => {
  part("status")?.click();
  item()?.querySelector(".menu-item")?.focus();
};

const timer = () => {
  const place = item() ?? byId("timer");
  const start = place?.querySelector("form[data-action=start]");
  const stop = byId("timer-bar-stop");
  const runs = stop?.closest("#timer-bar").querySelector("a").pathname;
  if (stop && (!start || runs === place.querySelector(".row-title")?.pathname)) stop.click();
  else start?.requestSubmit();
};

const other = () => {
  location.href = document.querySelector(".switch a:not([aria-current])")?.href ?? "/dashboard?view=board";
};

const help = () => byId("help").showModal();

const table = [
  ["n", "New task", newTask],
  ["/", "Search tasks", find],
  ["j", "Next task", () => step(1)],
  ["k", "Previous task", () => step(-1)],
  ["o", "Open task", () => item()?.querySelector("a.row-title")?.click()],
  ["e", "Edit task", () => (item()?.querySelector("a[data-action=edit]")?.click() ?? byId("edit-title")?.focus())],
  ["s", "Change status", openStatus],
  ["1", "Move to To do", () => move("todo")],
  ["2", "Move to In progress", () => move("in_progress")],
  ["3", "Move to Done", () => move("done")],
  ["l", "Log time", () => (part("log")?.click() ?? byId("time-minutes")?.focus())],
  ["t", "Start or stop timer", timer],
  ["x", "Select task", () => item()?.querySelector(".row-check")?.click()],
  ["b", "Switch list and board", other],
  ["?", "Show shortcuts", help],
];
const acts = new Map(table.map(([key, , act]) => [key, act]));

const always = [
  ["Ctrl K", "Command palette"],
  ["Arrows", "Move between cards"],
  ["Shift ← →", "Move a card to the next column"],
  ["Esc", "Close"],
];

byId("help-keys")?.append(...[...table, ...always].flatMap(([key, label]) => {
  const term = document.createElement("dt");
  const sign = document.createElement("kbd");
  const text = document.createElement("dd");
  sign.className = "kbd";
  sign.textContent = key.length === 1 ? key.toUpperCase() : key;
  term.append(sign);
  text.textContent = label;
  return [term, text];
}));

const off = () => store.read("shortcuts") === "off";

const shortcuts = byId("shortcuts");
if (shortcuts) {
  shortcuts.checked = !off();
  shortcuts.addEventListener("change", () => store.write("shortcuts", shortcuts.checked ? "on" : "off"));
}
if (off()) {
  for (const key of document.querySelectorAll(".quick-add .kbd")) key.hidden = true;
}

/** What the palette does by the names of keys. */
document.addEventListener("click", (event) => {
  const name = event.target.closest("[data-do]")?.dataset.do;
  if (!name) return;
  event.preventDefault();
  byId("palette").close();
  if (name === "leave") document.querySelector("form[action='/web/logout']").requestSubmit();
  else acts.get(name)();
});

/** The key that is held down: it acts once, and types nothing into what it opened. */
let held;
document.addEventListener("keyup", () => {
  held = null;
});

const escape = (event) => {
  const { target } = event;
  // A search field would be emptied.
  if (target.type === "search" && !target.closest("dialog")) {
    event.preventDefault();
    target.blur();
  }
  if (closeMenu()) return;
  const form = target.closest(".row-edit");
  if (form && !keeps() && hasTyped(form)) warn(form);
  else form?.querySelector("a[data-action=close]")?.click();
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || !byId("palette")) return;
  const { key, target } = event;
  const command = event.ctrlKey || event.metaKey;
  if (command && key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
  }
  if (command || document.querySelector("dialog[open]")) return;
  if (key === "Escape") escape(event);
  if (event.repeat && key === held) {
    event.preventDefault();
    return;
  }
  const act = acts.get(key);
  if (!act || takesText(target) || off()) return;
  event.preventDefault();
  // One walks on while the key is down.
  held = "jk".includes(key) ? null : key;
  act();
});
