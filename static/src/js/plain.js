// Forms and fields that htmx has no part in.
import { byId } from "./page.js";

// Sign-up knows the person's time zone; without script it is UTC until the account page says otherwise.
for (const input of document.querySelectorAll("[data-time-zone]")) {
  input.value = Intl.DateTimeFormat().resolvedOptions().timeZone || input.value;
}

document.addEventListener("click", ({ target }) => {
  const reveal = target.closest("[data-reveal]");
  if (!reveal) return;
  const input = byId(reveal.dataset.reveal);
  const show = input.type === "password";
  input.type = show ? "text" : "password";
  reveal.setAttribute("aria-pressed", String(show));
});

// One submission at a time; coming back to the page makes the form usable again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.hasAttribute("hx-post") || form.method === "dialog") return;
  if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "yes";
});

addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
