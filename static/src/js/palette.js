// The palette: every action and one's own tasks, by a few letters of their names.
import { actionButton, byId } from "./page.js";
import { askToSignIn } from "./requests.js";

const dialog = byId("palette");
const input = byId("palette-input");
const found = byId("palette-found");
let active;
let turn = 0;
let typing;
/** What was found belongs to what was typed before. */
let stale = false;
let entered = false;

const options = () => [...dialog.querySelectorAll("[role=option]:not([hidden])")].filter((option) => !stale || !found.contains(option));

const point = (option) => {
  active?.setAttribute("aria-selected", "false");
  active = option;
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option?.id ?? "");
};

const say = (...parts) => byId("palette-note").replaceChildren(...parts);

const narrow = () => {
  const words = input.value.toLowerCase().split(/\s+/);
  for (const action of dialog.querySelectorAll("#palette-actions [role=option]")) {
    action.hidden = !words.every((word) => action.textContent.toLowerCase().includes(word));
  }
  point(options()[0]);
};

const find = async () => {
  const text = input.value.trim();
  const mine = ++turn;
  const current = () => mine === turn;
  clearTimeout(typing);
  if (!text) {
    stale = false;
    found.replaceChildren();
    say("");
    return;
  }
  // A quick answer needs no sign of waiting.
  const waiting = setTimeout(() => current() && found.replaceChildren(byId("palette-waiting").content.cloneNode(true)), 150);
  try {
    const answer = await fetch(`/web/find?q=${encodeURIComponent(text)}`);
    if (answer.redirected) {
      askToSignIn();
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok) throw new Error();
    if (!current()) return;
    stale = false;
    found.replaceChildren(...page.querySelectorAll("[role=option]"));
    for (const option of found.children) option.tabIndex = -1;
    say(page.querySelector(".hint")?.textContent ?? (options().length ? "" : "No results."));
    if (!active?.isConnected || active.hidden) point(options()[0]);
    if (entered) active?.click();
  } catch {
    if (!current()) return;
    found.replaceChildren();
    const again = () => {
      input.focus();
      find();
    };
    say("Couldn't search your tasks. ", actionButton("button", "Try again", again));
  } finally {
    clearTimeout(waiting);
  }
};

export const openPalette = () => {
  if (dialog.open) {
    dialog.close();
    return;
  }
  document.querySelector("dialog[open]")?.close();
  input.value = "";
  find();
  dialog.showModal();
  point();
  narrow();
};

input?.addEventListener("input", () => {
  stale = true;
  entered = false;
  turn += 1;
  narrow();
  clearTimeout(typing);
  typing = setTimeout(find, 120);
});

input?.addEventListener("keydown", (event) => {
  const all = options();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && all.length) point(all[(all.indexOf(active) + step + all.length) % all.length]);
  else if (event.key === "Enter" && !event.isComposing) {
    // What was typed is looked for first.
    entered = stale && !active;
    active?.click();
  }
  else return;
  event.preventDefault();
});
