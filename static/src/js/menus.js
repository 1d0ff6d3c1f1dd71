// Menus are <details>: they open without script. With it they close when one goes on to something else.

const closeOthers = ({ target }) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
};

document.addEventListener("click", (event) => {
  // What the script presses is no going on.
  if (event.isTrusted) closeOthers(event);
});
// A menu that one has left would cover what comes after it.
document.addEventListener("focusin", closeOthers);

// A small form that opens is there to be typed into.
document.addEventListener("toggle", ({ target, oldState, newState }) => {
  if (!target.open || oldState === newState) return;
  const input = target.querySelector(".menu-form .input");
  input?.focus();
  input?.select();
}, true);

// The answer to something else must not close a menu that was opened meanwhile.
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const menu = document.querySelector("details.menu[open]");
  const source = ctx.sourceElement;
  if (menu && (source.matches("[data-optimistic]") || !menu.contains(source))) ctx.menu = menu;
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.menu) ctx.menu.open = true;
});

/** Closes the menu that is open, and returns to its button. */
export const closeMenu = () => {
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return false;
  menu.open = false;
  menu.querySelector("summary").focus();
  return true;
};
