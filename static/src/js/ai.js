// Suggestions, on the pages that offer them: a draft is taken into its field or dropped, and waiting can be ended.
import { byId, announce } from "./page.js";

document.addEventListener("click", ({ target }) => {
  const { take, drop, cancel } = target.closest("[data-take], [data-drop], [data-cancel]")?.dataset ?? {};
  if (take) {
    const box = target.closest(".suggested");
    const field = byId(take);
    const text = box.querySelector(".suggested-text").textContent;
    // What was typed stays, in front.
    field.value = field.value.trim() ? `${field.value.trimEnd()}\n\n${text}` : text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    box.remove();
    field.focus();
  }
  if (drop) {
    target.closest(".suggested").remove();
    byId(drop).focus();
  }
  if (cancel) {
    const source = byId(cancel);
    globalThis.htmx.trigger(source, "htmx:abort");
    (source.querySelector("button") ?? source).focus();
    announce("Cancelled.");
  }
});
