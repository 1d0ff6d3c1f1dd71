// An address that is shown once, into the clipboard: the script of that page alone. Where the browser does not allow it,
// the text is selected, to be copied by hand.
import { announce, byId } from "./page.js";

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const field = byId(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
    announce("Copied.");
  } catch {
    announce("Selected. Copy it by hand.");
    field.focus();
  }
});
