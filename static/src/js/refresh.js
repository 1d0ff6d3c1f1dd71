// A page that is looked at stays true: its live parts are fetched again when one returns to it, every minute, and
// when something was written. Nobody is there after ten idle minutes; then nothing is asked.
import { byId, takesText, user } from "./page.js";
import { count } from "./bulk.js";
import { setClock } from "./clock.js";
import { bringAllBack, hasTyped } from "./drafts.js";
import { askToSignIn } from "./requests.js";
import { busy, isUnsent, requests } from "./resend.js";
import { writeTimes } from "./times.js";

const MINUTE = 60_000;
const IDLE = 10 * MINUTE;

let lastInput = Date.now();
let lastRefresh = Date.now();
let fetching = false;
let wanted = false;
let over = !user || !document.querySelector("[data-live]");

// Keys differ each time, and what the script and htmx add says nothing about the content.
const print = (element) => element.outerHTML
  .replace(/ data-(htmx-powered|written)="[^"]*"| class=""/g, "")
  .replace(/(name="key" value=")[^"]*/g, "$1");

const focusIn = (element) => element.contains(document.activeElement);

/** Whether nobody is at work in it. */
const free = (element) =>
  !(focusIn(element) && takesText(document.activeElement)) && !element.querySelector("details[open], .suggested") &&
  !element.matches(".row-editing") && !isUnsent(element) &&
  ![element, ...element.querySelectorAll("form")].some((form) => form.matches("form") && hasTyped(form));

const replace = (old, next) => {
  if (focusIn(old)) {
    // What has the focus keeps it.
    globalThis.htmx.swap({ sourceElement: old, text: next.outerHTML, target: old, swap: "outerMorph" });
    return old;
  }
  const checked = old.querySelector(".row-check")?.checked;
  old.replaceWith(next);
  if (checked) next.querySelector(".row-check").checked = true;
  globalThis.htmx.process(next);
  return next;
};

const renew = (old, next) => (!free(old) || print(old) === print(next) ? old : replace(old, next));

const visible = (row, step) => {
  while (row?.hidden) row = row[step];
  return row;
};

const renewList = (list, fresh) => {
  const rows = [...fresh.children];
  const ids = new Set(rows.map((row) => row.id));
  // Rows of later pages are not in the answer, and stay.
  const later = fresh.parentElement.querySelector("a[hx-swap=beforeend]") && rows.length > 1;
  const [first, last] = [rows[0]?.id, rows.at(-1)?.id];
  const beyond = (row) => later && (first > last ? row.id < last : row.id > last);
  for (const row of [...list.children]) {
    if (!ids.has(row.id) && !row.hidden && !beyond(row) && free(row) && !focusIn(row)) row.remove();
  }
  let before = null;
  for (const next of rows) {
    let row = byId(next.id);
    if (row && row.parentElement !== list && free(row) && !focusIn(row)) {
      row.remove();
      row = null;
    }
    if (row && row.parentElement !== list) continue;
    const spot = visible(before ? before.nextElementSibling : list.firstElementChild, "nextElementSibling");
    if (row) row = renew(row, next);
    else {
      row = next;
      list.insertBefore(row, spot);
      globalThis.htmx.process(row);
    }
    if (row !== spot && row.previousElementSibling !== before && !focusIn(row)) list.insertBefore(row, spot);
    before = row;
  }
  // The way on begins after the last row, unless one has gone on already.
  const foot = list.parentElement.querySelector("[id^=more]");
  const next = foot && fresh.parentElement.querySelector(`#${foot.id}`);
  if (next && print(foot) !== print(next) && !focusIn(foot) && ![...list.children].some(beyond)) replace(foot, next);
};

const show = (page) => {
  writeTimes(page);
  document.title = page.title;
  for (const old of document.querySelectorAll("[data-live]")) {
    const next = page.getElementById(old.id);
    if (!next) continue;
    if (old.dataset.live === "list") renewList(old, next);
    else renew(old, next);
  }
  bringAllBack();
  count();
};

/** Whether somebody is at the page: nothing is asked for a page that stands open alone. */
export const isAttended = () => Date.now() - lastInput < IDLE;

/** Whether the page is being fetched again, or will be once what is under way has been answered. */
export const isComing = () => wanted || fetching;

export const refresh = async () => {
  if (over || fetching) return;
  wanted = document.hidden || busy();
  if (wanted) return;
  fetching = true;
  lastRefresh = Date.now();
  const before = requests();
  try {
    // A page that was fetched in advance is some seconds old.
    const answer = await fetch(location.href, { cache: "reload" });
    if (answer.redirected && answer.url.includes("/login")) {
      over = true;
      askToSignIn();
    } else if (answer.ok) {
      const came = Date.now();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      // What was asked for before a write does not show it.
      if (requests() !== before) wanted = true;
      else if (page.body.dataset.user === user) {
        setClock(page.body, came);
        show(page);
      } else {
        over = true;
        askToSignIn(page.body.dataset.user);
      }
    }
  } catch {
    // The next one is a minute away.
  } finally {
    fetching = false;
    if (wanted && !busy()) refresh();
  }
};

const returned = () => {
  if (Date.now() - lastRefresh > 1000) refresh();
};

document.addEventListener("visibilitychange", returned);
addEventListener("focus", returned);
document.addEventListener("refresh", refresh);
document.addEventListener("htmx:finally:request", () => {
  if (wanted) refresh();
});
setInterval(() => {
  if (isAttended()) refresh();
}, MINUTE);

for (const input of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
  addEventListener(input, () => {
    const idle = !isAttended();
    lastInput = Date.now();
    if (idle) refresh();
  }, { passive: true, capture: true });
}
