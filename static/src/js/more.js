// The list goes on by itself before one has come to its end. After a failure the button stays.
import { byId } from "./page.js";

const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    // Who stands on the button presses it, or goes on.
    if (!isIntersecting || target === document.activeElement) continue;
    near.unobserve(target);
    target.dataset.near = "";
    target.click();
  }
}, { rootMargin: "400px" });

const known = new WeakSet();

const watch = () => {
  for (const link of document.querySelectorAll(".list-foot a[hx-get]")) {
    if (!known.has(link)) near.observe(link);
    known.add(link);
  }
};

// htmx wires the link when everything has been parsed.
document.addEventListener("htmx:after:process", watch);

// A row that a refresh has brought already does not come twice.
document.addEventListener("htmx:before:swap", ({ detail: { tasks } }) => {
  for (const { fragment, swapSpec } of tasks) {
    if (!/^(beforeend|afterbegin)$/.test(swapSpec.style)) continue;
    for (const row of fragment.querySelectorAll("li[id]")) {
      if (!byId(row.id)) continue;
      if (row.querySelector("[autofocus]")) row.nextElementSibling?.querySelector(".row-title")?.setAttribute("autofocus", "");
      row.remove();
    }
  }
});

// Rows that come by themselves take the focus from nothing else than the button.
document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  const link = ctx.sourceElement;
  if (!("near" in link.dataset) || link === document.activeElement) return;
  for (const { fragment } of tasks) {
    for (const element of fragment.querySelectorAll("[autofocus]")) element.removeAttribute("autofocus");
  }
});
