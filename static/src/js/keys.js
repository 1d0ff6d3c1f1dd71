// The keyboard. One table of single keys, shown as the help sheet; the account page turns them off on a device.
import { byId, choose, shown, takesText } from "./page.js";
import { tell } from "./complain.js";
import { hasTyped, keeps, warn } from "./drafts.js";
import { closeMenu } from "./menus.js";
import { openPalette } from "./palette.js";
import { newTask } from "./quick-add.js";
import * as store from "./store.js";

/** The row or card of the task that has the focus. */
const item = () => document.activeElement.closest(".row, .ticket");
/** A part of the row or card that has the focus, by the name in front of its id. */
const part = (name) => byId(`${name}-${item()?.id.slice("task-".length)}`);
/** The title that has the focus, or that of the row or card around it. */
const title = () => item()?.querySelector("a.row-title") ?? document.activeElement.closest("a.row-title");

/** Says why a key did nothing: no task has the focus, or what it does is not possible with this one, in this place. */
const refuse = (label) => {
  const some = [...document.querySelectorAll("a.row-title")].some(shown);
  tell(item() || title() || !some ? `${label}: not possible here.` : `${label}: choose a task first, with J or K.`);
};

const step = (by) => {
  const titles = [...document.querySelectorAll("a.row-title")].filter(shown);
  const here = titles.indexOf(title());
  const next = titles[here < 0 ? 0 : here + by];
  next?.focus();
  return next || titles.length;
};

const press = (element) => {
  element?.click();
  return element;
};

const focusOn = (element) => {
  element?.focus();
  return element;
};

/** On a task's own page its form has the status: saved at once, unless something else there is not. */
const move = (status) => {
  const form = item()?.querySelector("form[data-optimistic]");
  const edit = byId("edit");
  if (form) choose(form, status);
  else if (!item() && edit) {
    const field = edit.elements.status;
    const alone = !hasTyped(edit);
    field.value = status;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (alone) edit.requestSubmit();
    else field.focus();
  }
  return form ?? edit;
};

const find = () => {
  const filter = byId("filter");
  if (!filter) openPalette();
  filter?.focus();
  filter?.select();
  return true;
};

const openStatus = () => {
  const menu = press(part("status"));
  if (!menu) return !item() && focusOn(byId("edit-status"));
  item().querySelector(".menu-item")?.focus();
  return true;
};

/** In place where that is possible, else on the task's own page. */
const edit = () => {
  const link = title();
  if (press(item()?.querySelector("a[data-action=edit]"))) return true;
  if (!link) return !item() && focusOn(byId("edit-title"));
  if (!link.pathname.startsWith("/task/")) return false;
  location.href = `${link.pathname}#edit-title`;
  return true;
};

const timer = () => {
  const place = item() ?? byId("timer");
  const start = place?.querySelector("form[data-action=start]");
  const stop = byId("timer-bar-stop");
  const runs = stop?.closest("#timer-bar").querySelector("a").pathname;
  const here = item() ? title()?.pathname : location.pathname;
  // Only the timer of this very task is stopped; where no task is meant, the one that runs.
  if (stop && (!place || runs === here)) return press(stop);
  start?.requestSubmit();
  return start;
};

const other = () => {
  location.href = document.querySelector(".switch a:not([aria-current])")?.href ?? "/dashboard?view=board";
  return true;
};

const help = () => {
  byId("help").showModal();
  return true;
};

/** Each act answers whether it did anything; where it did not, the reason is said. */
const table = [
  ["n", "New task", newTask],
  ["/", "Search tasks", find],
  ["j", "Next task", () => step(1)],
  ["k", "Previous task", () => step(-1)],
  ["o", "Open task", () => press(title())],
  ["e", "Edit task", edit],
  ["s", "Change status", openStatus],
  ["1", "Move to To do", () => move("todo")],
  ["2", "Move to In progress", () => move("in_progress")],
  ["3", "Move to Done", () => move("done")],
  ["l", "Log time", () => press(part("log")) ?? (!item() && focusOn(byId("time-minutes")))],
  ["t", "Start or stop timer", timer],
  ["x", "Select task", () => press(item()?.querySelector(".row-check"))],
  ["b", "Switch list and board", other],
  ["?", "Show shortcuts", help],
];
const acts = new Map(table.map(([key, label, act]) => [key, () => act() || refuse(label)]));

/**
 * The key by the name that the table has for it, on any layout and with Caps Lock: what it writes, where that is Latin;
 * else what stands in its place on a Latin keyboard. Digits may need Shift, or be what Shift leaves out.
 */
const nameOf = ({ key = "", code, shiftKey }) => {
  const digit = /^Digit([1-3])$/.exec(code)?.[1];
  if (digit && !shiftKey) return digit;
  if (/^[a-z]$/i.test(key)) return shiftKey ? null : key.toLowerCase();
  if (key.length > 1 || /^[\p{ASCII}\p{Script=Latin}]$/u.test(key)) return key;
  if (code === "Slash") return shiftKey ? "?" : "/";
  return shiftKey ? null : /^Key(.)$/.exec(code)?.[1].toLowerCase();
};

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
  const { target } = event;
  const key = nameOf(event);
  const command = event.ctrlKey || event.metaKey;
  if (command && key === "k") {
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
