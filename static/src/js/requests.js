// Requests by htmx: what is not ours to swap is told, a form that was emptied stays empty only of what was sent, and
// focus is never lost.
import { byId, shown, signIn } from "./page.js";
import { answered, keeps, quiet } from "./drafts.js";
import { gaveUp } from "./resend.js";
import { complain, reference } from "./complain.js";

const titleOf = (row) => row?.querySelector(".row-title");

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const source = ctx.sourceElement;
  // What comes by itself takes no focus.
  if ("near" in source.dataset) return;
  const row = source.closest(".row, .ticket");
  const near = (step) => {
    let other = row?.[step];
    while (other && !shown(other)) other = other[step];
    return other;
  };
  ctx.before = {
    summary: source.closest("details.menu")?.querySelector("summary").id,
    row: source.dataset.row ?? row?.id,
    near: near("nextElementSibling") ?? near("previousElementSibling"),
  };
});

let asked;

/** The session has ended, here or elsewhere: the page stays as it is, with the way back to it. */
export const askToSignIn = (other) => {
  if (asked?.isConnected) return;
  const link = document.createElement("a");
  link.className = "button";
  link.href = other ? location.href : signIn();
  link.textContent = other ? "Reload" : "Sign in";
  // Where nothing is kept, this page is where the text is: it must stay.
  if (!keeps()) link.target = "_blank";
  const who = other ? "Someone else is signed in now." : "You're signed out.";
  asked = complain(`${who} Your text is kept ${keeps() ? "on this device" : "in this page only"}.`, link);
};

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const { status, headers } = ctx.response;
  // Who signs in again comes back to the page, not to the part of it that was asked for.
  if (ctx.hx.redirect?.startsWith("/login")) ctx.hx.redirect = signIn();
  const write = ctx.request.method === "POST";
  if (write && (status >= 500 || status === 429)) {
    event.preventDefault();
    gaveUp(ctx);
    return;
  }
  if (write) answered(ctx);
  if (status === 401) {
    event.preventDefault();
    askToSignIn();
  } else if (status >= 400 && !ctx.text.includes("<hx-partial")) {
    event.preventDefault();
    const label = ctx.sourceElement.matches("a") && ctx.sourceElement.textContent.trim();
    const advice = label ? `Press "${label}" to try again.` : "Try again.";
    complain(`Couldn't ${write ? "save" : "load"}. ${advice}${reference(headers.get("x-request-id"))}`);
  }
});

document.addEventListener("htmx:error", () => complain());

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const { before, sent, sourceElement: source } = ctx;
  if (!before || !ctx.response) return;
  const clear = byId(source.dataset.clear);
  if (source.hasAttribute("data-clear") && ctx.response.status < 300) {
    // What was sent is cleared; what was typed since stays.
    const form = byId(source.id);
    for (const field of form?.elements ?? []) {
      if (!field.name || field.type === "hidden" || field.value !== sent.get(field.name)) continue;
      if (field.options) field.value = field.querySelector("[selected]")?.value ?? field.options[0].value;
      else field.value = field.defaultValue;
    }
    // Who has gone elsewhere meanwhile stays there.
    if (form?.contains(document.activeElement)) clear?.focus({ preventScroll: true });
  }
  if (quiet.delete(source)) return;
  const active = document.activeElement;
  if (active !== document.body && shown(active)) return;
  const row = byId(before.row);
  const next = clear ?? (shown(row) ? (byId(before.summary) ?? titleOf(row)) : titleOf(before.near));
  (next ?? byId("main")).focus({ preventScroll: true });
});
