// Nothing typed is lost: what stands in a form and was not saved is kept on this device, for this person alone, at
// every keystroke, and put back when the form appears again.
import { actionButton, user } from "./page.js";
import * as store from "./store.js";
import { note } from "./notes.js";
import { at, on } from "./times.js";
import { today } from "./clock.js";

const WEEK = 7 * 24 * 3600 * 1000;
const PREFIX = "draft:";
const mine = `${PREFIX}${user}:`;

const forms = () => (user ? document.querySelectorAll("form[data-draft]") : []);
const nameOf = (form) => mine + form.dataset.draft;
const recordAt = (name) => {
  try {
    const record = JSON.parse(store.read(name));
    return record?.text && record.from && record.was ? record : null;
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

const same = (one, other) => one?.replaceAll("\r\n", "\n") === other?.replaceAll("\r\n", "\n");

/** The fields that this document typed into, by the name of the draft: what others wrote is theirs to change. */
const typed = new Map();
const isTyped = (form, name) => typed.get(form.dataset.draft)?.has(name);

/** Whether somebody put into a field what stands there, though it may be what stood there before. */
export const isChosen = ({ form, name }) => isTyped(form, name);

/** The fields that say something else than the server knows. */
export const hasTyped = (form) => {
  if (!form.matches("[data-draft]")) return false;
  // After a refusal the server's form says what was typed; what was there before is what counts.
  const from = recordOf(form)?.from;
  return fieldsOf(form).some((field) => field.value !== ((isTyped(form, field.name) ? from?.[field.name] : null) ?? given(field)));
};

/** What was seen of each field before it was typed into: a name and a mark each. */
const marksOf = (form) => Object.fromEntries(
  (form.elements.was?.value ?? "").split(",").filter((pair) => pair.includes(":")).map((pair) => pair.split(":")),
);

/** Whether somebody signed out since this page was made: then nothing of theirs is left behind. */
let over = false;

const forget = (record, name) => {
  for (const values of [record.text, record.from, record.was]) delete values[name];
};

/** Changes what is kept of a form. Of what was sent and not answered, all is kept; else only what was changed. */
const change = (form, act) => {
  if (over) return;
  const record = { label: form.dataset.draftName, at: Date.now(), day: today(), text: {}, from: {}, was: {}, ...recordOf(form) };
  act(record);
  for (const name of Object.keys(record.text)) {
    if (!record.key && same(record.text[name], record.from[name])) forget(record, name);
  }
  if (Object.keys(record.text).length) store.write(nameOf(form), JSON.stringify(record));
  else store.remove(nameOf(form));
};

const notSent = (record) => {
  record.key = record.sent = undefined;
};

const giveUp = (form) => change(form, (record) => {
  notSent(record);
  for (const { name } of fieldsOf(form)) forget(record, name);
  typed.delete(form.dataset.draft);
});

const put = (form, values) => {
  for (const field of form.elements) {
    if (field.name in values) field.value = values[field.name];
  }
};

/** Puts a form's hidden fields, and the day of a form for time, back to what the server said. */
const restoreHidden = (form, fresh) => {
  put(form, fresh);
  form.querySelector("input[type=hidden][name=worked_on]")?.remove();
  form.querySelector("[data-day]")?.replaceChildren("today");
  const day = form.querySelector("input[data-today]");
  if (day && !isTyped(form, day.name)) day.value = given(day);
};

/** What was typed is saved against what was seen then, the other fields against what is seen now. */
const rebase = (form) => {
  const record = recordOf(form);
  // Who is shown what the other wrote saves over it knowingly, now; a reload asks them again.
  if (!record || !form.elements.was || form.querySelector(".theirs")) return;
  const marks = Object.entries({ ...marksOf(form), ...record.was });
  form.elements.was.value = marks.map((pair) => pair.join(":")).join(",");
};

/**
 * Time that was typed yesterday was worked yesterday, though the form is of today: unless a day was chosen, it is the one
 * that the form said when typing began.
 */
const dayBack = (form, record) => {
  if (!form.dataset.draft.startsWith("time:")) return;
  const day = record.text.worked_on ?? record.day;
  if (!(day < today())) return;
  if (form.elements.worked_on) {
    form.elements.worked_on.value = day;
    return;
  }
  // A row asks for the minutes of today alone.
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "worked_on", value: day }));
  form.querySelector("[data-day]")?.replaceChildren("on ", on(day));
};

const seen = new WeakSet();

/** What was brought back into a form, and what its hidden fields said before. */
const brought = new WeakMap();

const bringBack = (form) => {
  if (seen.has(form)) return;
  seen.add(form);
  const record = recordOf(form);
  if (!record) return;
  const here = fieldsOf(form).filter((field) => field.name in record.text);
  const back = here.filter((field) => !same(given(field), record.text[field.name]));
  // What may have been sent already is sent again as the same write.
  const again = record.key && (back.length || form.matches("[data-clear]"));
  // The server knows the text; but a form that was refused shows what it did not take.
  if (!again && !form.querySelector("[aria-invalid], .alert")) {
    change(form, (kept) => {
      for (const field of here) if (!back.includes(field)) forget(kept, field.name);
    });
  }
  if (!back.length && !again) return;
  const fresh = Object.fromEntries(["key", "was"].map((name) => [name, form.elements[name]?.value]));
  for (const field of back) {
    field.value = record.text[field.name];
    const details = field.closest("details.disclosure");
    if (details) details.open = true;
  }
  if (again) put(form, { key: record.key });
  rebase(form);
  dayBack(form, record);
  brought.set(form, { text: Object.fromEntries(back.map(({ name, value }) => [name, value])), fresh });
  const discard = () => {
    for (const field of here) field.value = given(field);
    restoreHidden(form, fresh);
    giveUp(form);
    note(form);
    here[0]?.focus();
  };
  note(form, back.length ? ["Draft from ", at(record.at), " restored."] : ["Sent at ", at(record.at), ", not confirmed yet."],
    actionButton("button", "Discard", discard));
};

/** Puts what was typed into the forms that have appeared. */
export const bringAllBack = () => forms().forEach(bringBack);

/** Forms that are sent without a press: they take no focus. */
export const quiet = new WeakSet();

/**
 * What was sent before this page was opened, and never answered, is sent again as the same write: whoever pressed the button
 * meant it, and it may have been done. What was changed since waits for a hand.
 */
export const sendUnanswered = () => {
  for (const form of forms()) {
    const { key, sent, text } = recordOf(form) ?? {};
    if (!key || !sent || !form.matches("[data-clear]")) continue;
    // A smaller form for the same thing would send another write.
    if (!Object.keys({ ...sent, ...text }).every((name) => form.elements[name] && same(text[name], sent[name]))) continue;
    quiet.add(form);
    form.requestSubmit();
  }
};

/** What this person has typed and not saved, on this device. */
export const drafts = () => store.namesOf(mine).map((name) => ({ name, ...recordAt(name) }));

/** Forgets what somebody typed, here and in whatever other page of theirs is open. */
export const removeDrafts = (whose = user) => {
  store.namesOf(`${PREFIX}${whose}:`).forEach(store.remove);
  store.write(`left:${whose}`, "yes");
  store.remove(`left:${whose}`);
};

// What was sent or given up in another tab leaves this one's fields, unless they were typed into here.
const follow = (form) => {
  const back = brought.get(form);
  if (!back) return;
  const record = recordOf(form);
  for (const field of fieldsOf(form)) {
    const { name, value } = field;
    if (isTyped(form, name) || !same(back.text[name], value)) continue;
    field.value = back.text[name] = record?.text[name] ?? given(field);
  }
  if (record) return;
  brought.delete(form);
  restoreHidden(form, back.fresh);
  note(form);
};

addEventListener("storage", ({ key }) => {
  over ||= key === `left:${user}`;
  for (const form of forms()) if (key === nameOf(form)) follow(form);
});

for (const name of store.namesOf(PREFIX)) {
  if (!(Date.now() - recordAt(name)?.at < WEEK)) store.remove(name);
}

/** Whether what is typed into this page is kept. */
export const keeps = () => !over && store.works;

/** Says in the form that nothing is kept. */
export const warn = (form) => note(form, [over ? "You signed out. Your text isn't kept here." : "This browser can't keep drafts. Save before you leave."]);

document.addEventListener("input", ({ target: field }) => {
  const { form, name } = field;
  if (!user || !form?.matches("[data-draft]") || !fieldsOf(form).includes(field)) return;
  const { draft } = form.dataset;
  typed.set(draft, (typed.get(draft) ?? new Set()).add(name));
  const before = recordOf(form);
  change(form, (record) => {
    record.at = Date.now();
    record.text[name] = field.value;
    record.from[name] ??= given(field);
    record.was[name] ??= marksOf(form)[name];
  });
  if (!keeps()) warn(form);
  else if (before && !recordOf(form)) note(form);
});

// Who takes what is saved gives up what was typed, knowingly.
document.addEventListener("click", ({ target }) => {
  const form = target.closest("[data-discard]")?.closest("form");
  if (form) giveUp(form);
});

// Under the key of what may have been done already nothing else is sent.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  const { key, sent = {} } = (form.matches("[data-draft]") && recordOf(form)) || {};
  const { body } = ctx.request;
  if (!key || body.get("key") !== key) return;
  const fields = fieldsOf(form);
  if (fields.length === Object.keys(sent).length && fields.every(({ name }) => same(body.get(name), sent[name]))) return;
  put(form, { key: crypto.randomUUID() });
  body.set("key", form.elements.key.value);
});

// Until an answer has come nobody knows whether it was saved: the draft keeps the key that it was sent with.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (!form.matches("[data-draft]")) return;
  const { draft } = form.dataset;
  // What was sent as it was given, or as it came back, is this document's as well.
  typed.set(draft, new Set([...(typed.get(draft) ?? []), ...fieldsOf(form).map(({ name }) => name)]));
  change(form, (record) => {
    record.key = ctx.sent.get("key");
    record.sent = {};
    for (const field of fieldsOf(form)) {
      const { name } = field;
      record.sent[name] = ctx.sent.get(name) ?? "";
      // A form that is cleared says the same again before the next is written: so does what was sent unchanged.
      if (!form.matches("[data-clear]")) continue;
      record.text[name] ??= record.sent[name];
      record.from[name] ??= given(field);
    }
  });
});

/** The form was answered: what was sent is saved or refused, what was typed since is not. */
export const answered = (ctx) => {
  const form = ctx.sourceElement;
  if (!form.matches("[data-draft]")) return;
  change(form, (record) => {
    if (record.key === ctx.sent.get("key")) notSent(record);
    if (ctx.response.status >= 400) return;
    for (const { name, value } of fieldsOf(form)) {
      const sent = ctx.sent.get(name) ?? "";
      if (same(record.text[name], sent)) forget(record, name);
      else if (same(record.text[name], value)) {
        // What the rest was typed against is what was sent just now.
        record.from[name] = sent;
        delete record.was[name];
      }
      if (same(value, sent)) typed.get(form.dataset.draft)?.delete(name);
    }
  });
  if (!recordOf(form)) note(form);
};

// A swap must not overwrite what was typed while the answer was on its way, or into the forms around.
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  ctx.texts = [];
  for (const form of forms()) {
    for (const field of fieldsOf(form)) {
      // Only what was sent has been sent: a refresh swaps as well, on its own account.
      const known = ctx.sent && form === ctx.sourceElement ? (ctx.sent.get(field.name) ?? "") : given(field);
      if (!same(field.value, known)) ctx.texts.push([form.dataset.draft, field.name, field.value]);
    }
  }
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  for (const [draft, name, value] of ctx.texts ?? []) {
    const field = document.querySelector(`form[data-draft="${draft}"]`)?.elements[name];
    if (field && field.value !== value) field.value = value;
  }
  bringAllBack();
  for (const form of forms()) {
    if (!typed.get(form.dataset.draft)?.size || !recordOf(form)) continue;
    change(form, (record) => {
      for (const name of Object.keys(record.text)) record.was[name] ??= marksOf(form)[name];
      // The server makes a new key for each form; this one's write may have been done.
      if (record.key) put(form, { key: record.key });
    });
    rebase(form);
  }
});
