// Nothing typed is lost: what stands in a form and was not saved is kept on this device, for this person alone, at
// every keystroke, and put back when the form appears again.
import { actionButton, user } from "./page.js";
import * as store from "./store.js";
import { note } from "./notes.js";
import { at } from "./times.js";
import { done } from "./toasts.js";

const WEEK = 7 * 24 * 3600 * 1000;
const PREFIX = "draft:";
const mine = `${PREFIX}${user}:`;

const forms = () => (user ? document.querySelectorAll("form[data-draft]") : []);
const nameOf = (form) => mine + form.dataset.draft;
const recordAt = (name) => {
  try {
    return JSON.parse(store.read(name));
  } catch {
    return null;
  }
};
const recordOf = (form) => recordAt(nameOf(form));

// Passwords are never kept, and what was not typed needs no keeping.
const fieldsOf = (form) =>
  [...form.elements].filter((field) => field.name && field.matches(
    "textarea, select, input:not([type=hidden], [type=password], [type=checkbox], [type=radio])",
  ));

/** What the server put into a field. */
const given = (field) =>
  (field.options ? (field.querySelector("[selected]") ?? field.options[0]).value : field.defaultValue);

// What a draft was typed against: the version of the task, and what its fields said then.
const baseOf = (form) =>
  [...form.elements].filter((field) => field.type === "hidden" && /^(version|was)/.test(field.name));

const same = (one, other) => one?.replaceAll("\r\n", "\n") === other?.replaceAll("\r\n", "\n");

/** The fields that say something else than the server knows. */
const typedIn = (form) => {
  const from = recordOf(form)?.from;
  return fieldsOf(form).filter((field) => field.value !== (from?.[field.name] ?? given(field)));
};

export const hasTyped = (form) => form.matches("[data-draft]") && typedIn(form).length > 0;

const valuesOf = (fields, value = (field) => field.value) => Object.fromEntries(fields.map((field) => [field.name, value(field)]));

/** Keeps what these fields say, and what a larger form for the same thing had kept before. */
const write = (form, old, typed, from, rest) => {
  const others = (values) => Object.entries(values ?? {}).filter(([name]) => !(name in form.elements));
  const text = { ...Object.fromEntries(others(old?.text)), ...valuesOf(typed) };
  if (!Object.keys(text).length) {
    store.remove(nameOf(form));
    return false;
  }
  store.write(nameOf(form), JSON.stringify({
    label: form.dataset.draftName,
    text,
    from: { ...Object.fromEntries(others(old?.from)), ...valuesOf(typed, from) },
    ...rest,
  }));
  return true;
};

const keep = (form, when = Date.now()) => {
  const old = recordOf(form);
  // After a refusal the server's form says what was typed; what was there before is what counts.
  const from = (field) => old?.from[field.name] ?? given(field);
  const kept = write(form, old, typedIn(form), from, { at: when, base: valuesOf(baseOf(form)), key: old?.key });
  if (old && !kept) note(form);
};

const put = (form, values) => {
  for (const field of form.elements) {
    if (values && field.name in values) field.value = values[field.name];
  }
};

const seen = new WeakSet();

const bringBack = (form) => {
  if (seen.has(form)) return;
  seen.add(form);
  const record = recordOf(form);
  if (!record) return;
  const back = fieldsOf(form).filter((field) => field.name in record.text && !same(given(field), record.text[field.name]));
  if (!back.length) {
    // The server knows the text; but a form that was refused shows what it did not take.
    if (!form.querySelector("[aria-invalid], .alert")) store.remove(nameOf(form));
    return;
  }
  const base = valuesOf(baseOf(form));
  put(form, record.text);
  put(form, record.base);
  // What may have been sent already is sent again as the same write.
  const key = form.elements.key?.value;
  if (record.key) put(form, { key: record.key });
  for (const field of back) {
    const details = field.closest("details.disclosure");
    if (details) details.open = true;
  }
  const discard = () => {
    for (const field of back) field.value = given(field);
    put(form, { ...base, ...(key && { key }) });
    store.remove(nameOf(form));
    note(form);
    back[0].focus();
  };
  note(form, ["What you typed at ", at(record.at), " is back."], actionButton("button", "Discard", discard));
};

/** Puts what was typed into the forms that have appeared. */
export const bringAllBack = () => forms().forEach(bringBack);

/** What this person has typed and not saved, on this device. */
export const drafts = () => store.namesOf(mine).map((name) => ({ name, ...recordAt(name) }));

export const removeDrafts = (whose = user) => store.namesOf(`${PREFIX}${whose}:`).forEach(store.remove);

for (const name of store.namesOf(PREFIX)) {
  const record = recordAt(name);
  if (!(Date.now() - record?.at < WEEK)) store.remove(name);
  // A plain form is saved when the next page says that something was done.
  else if (record.sent && name.startsWith(mine)) {
    if (done) store.remove(name);
    else store.write(name, JSON.stringify({ ...record, sent: undefined }));
  }
}

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (user && form?.matches("[data-draft]")) keep(form);
});

// Who takes what is saved gives up what was typed, knowingly.
document.addEventListener("click", ({ target }) => {
  const form = target.closest("[data-discard]")?.closest("form");
  if (form) store.remove(nameOf(form));
});

const mark = (form, change) => {
  const record = recordOf(form);
  if (record) store.write(nameOf(form), JSON.stringify({ ...record, ...change }));
};

document.addEventListener("submit", ({ target: form }) => {
  if (form.matches("[data-draft]:not([hx-post])")) mark(form, { sent: true, key: form.elements.key?.value });
});

// Until an answer has come nobody knows whether it was saved: the draft keeps the key that it was sent with.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (form.matches("[data-draft]")) mark(form, { key: ctx.sent.get("key") ?? undefined });
});

/** The form was answered: what was sent is saved or refused, what was typed since is not. */
export const answered = (ctx) => {
  const form = ctx.sourceElement;
  if (!form.matches("[data-draft]")) return;
  if (ctx.response.status >= 400) {
    mark(form, { key: undefined });
    return;
  }
  // The form may be gone with the answer. What the rest was typed against is what was sent just now.
  const since = fieldsOf(form).filter((field) => !same(field.value, ctx.sent.get(field.name) ?? ""));
  write(form, recordOf(form), since, (field) => ctx.sent.get(field.name) ?? "", { at: Date.now(), base: {} });
};

// A swap must not overwrite what was typed while the answer was on its way, or into the forms around.
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  ctx.typed = [];
  for (const form of forms()) {
    for (const field of fieldsOf(form)) {
      const known = form === ctx.sourceElement ? (ctx.sent.get(field.name) ?? "") : given(field);
      if (!same(field.value, known)) ctx.typed.push([form.dataset.draft, field.name, field.value]);
    }
  }
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  for (const [draft, name, value] of ctx.typed ?? []) {
    const field = document.querySelector(`form[data-draft="${draft}"]`)?.elements[name];
    if (field && field.value !== value) field.value = value;
  }
  bringAllBack();
  // The version that a form saves against may have moved on.
  for (const form of forms()) {
    const record = recordOf(form);
    if (record && seen.has(form)) keep(form, record.at);
  }
});
