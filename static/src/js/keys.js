// Single keys, which the account page turns off on a device.
import { byId, takesText } from "./page.js";
import { closeMenu } from "./menus.js";
import * as store from "./store.js";

const off = () => store.read("shortcuts") === "off";

const shortcuts = byId("shortcuts");
if (shortcuts) {
  shortcuts.checked = !off();
  shortcuts.addEventListener("change", () => store.write("shortcuts", shortcuts.checked ? "on" : "off"));
}
if (off()) {
  for (const key of document.querySelectorAll(".quick-add .kbd")) key.hidden = true;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    closeMenu();
    return;
  }
  if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (takesText(event.target) || off()) return;
  const title = byId("add-title");
  if (title) {
    event.preventDefault();
    title.focus();
  }
});
