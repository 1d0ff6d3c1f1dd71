// A task that is moved shows it at once. If the move does not get through, it goes back.
import { announce, byId, choose } from "./page.js";
import { closeMenu } from "./menus.js";
import { isUnderWay } from "./resend.js";

/** Moves chosen while one is under way; only the last counts. */
const next = new Map();

const put = (item, list, before) => {
  const focus = item.contains(document.activeElement) && document.activeElement;
  list.insertBefore(item, before);
  if (focus) focus.focus();
};

const show = (form, status) => {
  const item = form.closest("li");
  const list = item.parentElement;
  const place = item.nextElementSibling;
  const summary = item.querySelector("summary");
  const { title, ariaLabel } = summary;
  const icon = summary.firstElementChild;
  const done = item.classList.contains("row-done");
  const button = form.querySelector(`button[value="${status}"]`);
  closeMenu();
  summary.replaceChildren(button.firstElementChild.cloneNode(true));
  summary.title = button.textContent.trim();
  summary.ariaLabel = ariaLabel.replace(/^[^:]*/, summary.title);
  item.classList.toggle("row-done", status === "done");
  const column = byId(`column-${status}`);
  if (column && column !== list) put(item, column, [...column.children].find((other) => other.id < item.id) ?? null);
  return () => {
    if (!item.isConnected) return;
    summary.replaceChildren(icon);
    Object.assign(summary, { title, ariaLabel });
    item.classList.toggle("row-done", done);
    if (item.parentElement !== list) put(item, list, place?.parentElement === list ? place : null);
    announce(`Not moved: it is still in ${title}.`);
  };
};

document.addEventListener("submit", ({ target: form, submitter }) => {
  if (form.matches("[data-optimistic]") && isUnderWay(form)) next.set(form.closest("li").id, submitter?.value);
}, true);

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (!form.matches("[data-optimistic]")) return;
  ctx.item = form.closest("li").id;
  ctx.undo = show(form, ctx.sent.get("status"));
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (!ctx.undo) return;
  const then = next.get(ctx.item);
  next.delete(ctx.item);
  if (!(ctx.response?.status < 400)) ctx.undo();
  // Only when htmx has done with this request does it take the next.
  else if (then) setTimeout(() => choose(byId(ctx.item)?.querySelector("form[data-optimistic]"), then));
});
