// A request that did not get through is sent again, with the same body and so under the same key: twice by itself,
// then by hand. Until then its form says that it was not sent, and nothing is cleared.
import { actionButton, pause, user } from "./page.js";
import { note } from "./notes.js";
import { complain, reference } from "./complain.js";

const PAUSES = [1000, 3000];
// Who asks for more patience than this is asked again by hand.
const LONGEST = 5000;

/** Forms that are not through: what was sent, and the toast that says so where the form has no place for it. */
const unsent = new Map();
const again = new WeakMap();
/** Forms that were sent once more while they were on their way. */
const pressed = new Map();
/**
 * The requests that are on their way, and what each was made by: htmx's own class is gone with the answer's swap, before
 * it takes the next request, and its source may be another by then.
 */
const underWay = new Map();
let begun = 0;

export const isUnsent = (root) => [...unsent.keys()].some((form) => root.contains(form));
export const isUnderWay = (form) => [...underWay.values()].includes(form);
export const busy = () => underWay.size > 0;
/** How many requests have been made since the page was opened. */
export const requests = () => begun;

const say = (form, text, button) => {
  const state = unsent.get(form);
  state.toast?.remove();
  state.toast = note(form, [text], button) ? null : complain(text, button ?? "");
};

const renewKey = (form) => {
  form.elements.key.value = crypto.randomUUID();
};

const through = (form) => {
  const state = unsent.get(form);
  if (!state) return;
  unsent.delete(form);
  state.toast?.remove();
  note(form);
};

/** What was sent, to where. */
const sending = (ctx) => ({ ...unsent.get(ctx.sourceElement), body: ctx.sent.toString(), action: ctx.request.action });

/** A form that is not in the page any more is sent by another that nobody sees. */
const standIn = (form) => {
  if (form.isConnected) return form;
  const other = document.createElement("form");
  other.hidden = true;
  other.setAttribute("hx-post", unsent.get(form).action);
  document.body.append(other);
  globalThis.htmx.process(other);
  unsent.set(other, unsent.get(form));
  unsent.delete(form);
  return other;
};

const sendAgain = (gone) => {
  if (!unsent.has(gone)) return;
  const form = standIn(gone);
  again.set(form, unsent.get(form).body);
  // What is sent is what was sent before, whatever stands in the fields by now.
  const { noValidate } = form;
  form.noValidate = true;
  globalThis.htmx.trigger(form, form.matches("form") ? "submit" : "click");
  form.noValidate = noValidate;
};

/** It is given up until the person or the network says otherwise. */
export const gaveUp = (ctx) => {
  unsent.set(ctx.sourceElement, sending(ctx));
  const form = standIn(ctx.sourceElement);
  const kept = form.matches("[data-draft]") ? "Not saved yet." : "Couldn't save.";
  say(form, kept + reference(ctx.response?.headers.get("x-request-id")), actionButton("button", "Retry", () => sendAgain(form)));
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
    // Whoever gave up waits for nothing.
    if (request.signal.aborted && request.signal.reason !== "timeout") throw new DOMException("", "AbortError");
    const wait = tries < PAUSES.length && !request.signal.aborted && passing(answer) ? patience(answer, tries) : Infinity;
    if (wait > LONGEST) return answer ?? new Response("", { status: 503 });
    if (request.method === "POST" && ctx.sourceElement.isConnected) {
      unsent.set(ctx.sourceElement, sending(ctx));
      say(ctx.sourceElement, "Not saved yet. Retrying…");
    }
    await Promise.race([pause(wait), new Promise((cancelled) => request.signal.addEventListener("abort", cancelled))]);
  }
};

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  const { request } = ctx;
  // Another person may have signed in since; what this one typed is not theirs.
  if (user) request.headers["x-page-user"] = user;
  if (again.has(form)) {
    request.body = new URLSearchParams(again.get(form));
    again.delete(form);
  } else if (form.elements?.key && unsent.has(form) && unsent.get(form).body !== new URLSearchParams(request.body).toString()) {
    // What was not sent may have been done after all; another text is another write.
    renewKey(form);
    request.body.set("key", form.elements.key.value);
  }
});

// What is pressed while the form is on its way goes after it.
document.addEventListener("submit", ({ target: form, submitter }) => {
  if (!isUnderWay(form) || form.matches("[data-optimistic]")) return;
  pressed.set(form, { body: new URLSearchParams(new FormData(form, submitter)), submitter });
  if (!unsent.has(form)) note(form, ["Not saved yet. Waiting for the last save."]);
}, true);

const differs = (one, other) => [...one].some(([name, value]) => name !== "key" && value !== other.get(name));

const sendNext = (ctx) => {
  const form = ctx.sourceElement;
  const next = pressed.get(form);
  if (!next) return;
  pressed.delete(form);
  if (!unsent.has(form)) note(form);
  if (!differs(next.body, ctx.sent)) return;
  const status = ctx.response?.status;
  if (unsent.has(form)) {
    next.body.set("key", crypto.randomUUID());
    unsent.get(form).body = next.body.toString();
  } else if (status < 400) {
    // Only when htmx has done with this request does it take the next.
    if (form.isConnected) setTimeout(() => form.requestSubmit(next.submitter));
    else complain("Saved, except your latest edits. Reopen the form to save them.", "");
  }
};

/** A newer write of the same thing takes the place of one that did not get through. */
const supersede = ({ request, sent }) => {
  for (const [form, { action }] of unsent) {
    if (action === request.action || sent.has(`task.${action?.match(/^\/web\/tasks\/([^/]+)\/status$/)?.[1]}`)) through(form);
  }
};

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  underWay.set(ctx, ctx.sourceElement);
  begun += 1;
  ctx.sent = new URLSearchParams(ctx.request.body ?? "");
  ctx.fetch = patiently(ctx);
  // What a suggestion wants of the page is loaded with the first of them.
  if (ctx.request.action.startsWith("/web/ai")) import(document.querySelector("[data-ai]").dataset.ai);
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const { response, sourceElement } = ctx;
  underWay.delete(ctx);
  if (response ? response.status < 500 && response.status !== 429 : ctx.request.signal.aborted) through(sourceElement);
  if (ctx.sent.has("key") && response?.status < 400) {
    if (/\/status$/.test(ctx.request.action)) supersede(ctx);
    // The same press once more is another write.
    if (sourceElement.elements?.key?.value === ctx.sent.get("key")) renewKey(sourceElement);
  }
  sendNext(ctx);
});

addEventListener("online", () => {
  for (const form of [...unsent.keys()]) sendAgain(form);
});
