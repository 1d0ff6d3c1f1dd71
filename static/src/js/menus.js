// Menus are <details>: they open without script. With it they close when one goes on to something else.

const closeOthers = ({ target }) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
};

document.addEventListener("click", closeOthers);
// A menu that one has left would cover what comes after it.
document.addEventListener("focusin", closeOthers);

// A small form that opens is there to be typed into.
document.addEventListener("toggle", ({ target }) => {
  if (!target.open) return;
  const input = target.querySelector(".menu-form .input");
  input?.focus();
  input?.select();
}, true);

/** Closes the menu that is open, and returns to its button. */
export const closeMenu = () => {
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return false;
  menu.open = false;
  menu.querySelector("summary").focus();
  return true;
};
