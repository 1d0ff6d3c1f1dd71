// A task's page is fetched when somebody dwells on its link, so that it is there when they follow it.
import { isComing } from "./refresh.js";

const DWELL = 100;
const KEPT = 5000;

/** When each page was fetched last; the browser may keep it for as long as the server says, 5 s. */
const fetched = new Map();
let waiting;

// This page may have been fetched in advance by the one before.
if (location.pathname.startsWith("/task/")) fetched.set(location.href, Date.now());

const ask = (href, cache) => {
  if (!navigator.onLine) return;
  fetched.set(href, Date.now());
  fetch(href, { headers: { purpose: "prefetch" }, priority: "low", cache }).catch(() => {});
};

const kept = (href) => Date.now() - (fetched.get(href) ?? 0) < KEPT;

const dwell = ({ target }) => {
  const href = target.closest?.("a[href^='/task/']")?.href;
  clearTimeout(waiting);
  if (href) waiting = setTimeout(() => kept(href) || ask(href), DWELL);
};

for (const type of ["pointerover", "focusin"]) document.addEventListener(type, dwell);
for (const type of ["pointerout", "focusout", "click"]) document.addEventListener(type, () => clearTimeout(waiting));

// What was fetched before a write does not show it; what the write deleted has no link, and no page, any more.
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (ctx.request.method !== "POST") return;
  const linked = new Set([location.href, ...Array.from(document.links, (link) => link.href)]);
  for (const href of fetched.keys()) {
    // The page itself may be fetched again anyway.
    if (kept(href) && linked.has(href) && !(href === location.href && isComing())) ask(href, "reload");
  }
});
