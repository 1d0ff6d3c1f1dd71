// A request that did not get through is sent again, with the same body and so under the same key: twice by itself,
// then by hand. Until then its form says that it was not sent, and nothing is cleared.
import { actionButton, pause } from "./page.js";
import { note } from "./notes.js";
import { complain, reference } from "./toasts.js";

const PAUSES = [1000, 3000];
// Who asks for more patience than this is asked again by hand.
const LONGEST = 5000;

/** Forms that are not through: what was sent, and the toast that says so where the form has no place for it. */
const unsent = new Map();
const again = new WeakMap();
let underWay = 0;
let begun = 0;

export const isUnsent = (root) => [...unsent.keys()].some((form) => root.contains(form));
export const busy = () => underWay > 0;
/** How many requests have been made since the page was opened. */
export const requests = () => begun;

const say = (form, text, button) => {
  const state = unsent.get(form);
  state.toast?.remove();
  state.toast = note(form, [text], button) ? null : complain(text, button ?? "");
};

const through = (form) => {
  const state = unsent.get(form);
  if (!state) return;
  unsent.delete(form);
  state.toast?.remove();
  note(form);
};

const sendAgain = (form) => {
  const state = unsent.get(form);
  if (!state || !form.isConnected) return;
  again.set(form, state.body);
  // What is sent is what was sent before, whatever stands in the fields by now.
  const { noValidate } = form;
  form.noValidate = true;
  globalThis.htmx.trigger(form, "submit");
  form.noValidate = noValidate;
};

/** It is given up until the person or the network says otherwise. */
export const gaveUp = (ctx) => {
  const form = ctx.sourceElement;
  if (!form.isConnected) {
    unsent.delete(form);
    return;
  }
  if (!unsent.has(form)) unsent.set(form, { body: ctx.sent.toString() });
  const kept = form.matches("[data-draft]") ? "Not sent yet: what you typed is kept here." : "That did not get through.";
  say(form, kept + reference(ctx.response?.headers.get("x-request-id")), actionButton("button", "Send again", () => sendAgain(form)));
};

const passing = (answer) => !answer || answer.status === 429 || answer.status === 503;

const patience = (answer, tries) => {
  const asked = Number(answer?.headers.get("retry-after") ?? 0) * 1000;
  return Math.max(PAUSES[tries], asked || 0);
};

const once = async (address, request) => {
  try {
    const answer = await fetch(address, request);
    // An answer that breaks off is none.
    const text = await answer.text();
    return new Response([204, 304].includes(answer.status) ? null : text, answer);
  } catch {
    return null;
  }
};

const patiently = (ctx) => async (address, request) => {
  for (let tries = 0; ; tries++) {
    const answer = await once(address, request);
    const wait = tries < PAUSES.length && !request.signal.aborted && passing(answer) ? patience(answer, tries) : Infinity;
    if (wait > LONGEST) return answer ?? new Response("", { status: 503 });
    if (request.method === "POST" && ctx.sourceElement.isConnected) {
      unsent.set(ctx.sourceElement, { ...unsent.get(ctx.sourceElement), body: ctx.sent.toString() });
      say(ctx.sourceElement, "Not sent yet: trying again.");
    }
    await pause(wait);
  }
};

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (!again.has(form)) return;
  ctx.request.body = new URLSearchParams(again.get(form));
  again.delete(form);
});

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  underWay += 1;
  begun += 1;
  ctx.sent = new URLSearchParams(ctx.request.body ?? "");
  ctx.fetch = patiently(ctx);
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  underWay -= 1;
  const { response, sourceElement } = ctx;
  if (response && response.status < 500 && response.status !== 429) through(sourceElement);
});

addEventListener("online", () => {
  for (const form of [...unsent.keys()]) sendAgain(form);
});
