// What is kept of a form belongs to whoever typed it, field by field: no other form, tab or answer takes it away.
import assert from "node:assert/strict";
import { addTask, counts, eventually, holds, lists, move, reads, rowOf, scene } from "./support.mjs";

const title = (page) => page.getByLabel("Title of a new task");
const minutes = (page, name) => rowOf(page, name).getByLabel("Time spent today");
const draft = (page, name) => page.evaluate((end) => {
  const key = Object.keys(localStorage).find((one) => one.startsWith("draft:") && one.endsWith(end));
  return key ? JSON.parse(localStorage.getItem(key)) : null;
}, name);
const keepsText = (page, name, text) => eventually(async () => assert.deepEqual((await draft(page, name))?.text ?? null, text));

/** Loses the answers to these requests, which the server has done. */
async function losing(page, troubles, path, times) {
  const bodies = [];
  for (let left = times; left > 0; left--) troubles.allowNetwork();
  await page.route(path, async (route) => {
    bodies.push(new URLSearchParams(route.request().postData()));
    if (bodies.length > times) return route.continue();
    if (bodies.length === 1) await route.fetch();
    return route.abort("connectionreset");
  });
  return bodies;
}

scene("a smaller form for the same thing leaves what a larger one kept", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add({ title: "Kept", description: "As it was" });
  await page.goto(`/task/${task.id}`);
  await page.getByLabel("Note").fill("only a note");
  await page.getByLabel("Description").fill("Only a description");
  await page.goto("/dashboard");
  await rowOf(page, "Kept").waitFor();
  await rowOf(page, "Kept").locator("a[data-action=edit]").click();
  await page.locator(".row-edit").waitFor();
  await keepsText(page, `time:${task.id}`, { note: "only a note" });
  await page.locator(".row-edit").getByLabel("Title").fill("Kept, renamed");
  await page.locator(".row-edit").getByRole("button", { name: "Save" }).click();
  await rowOf(page, "Kept, renamed").waitFor();
  await keepsText(page, `edit:${task.id}`, { description: "Only a description" });
  await page.goto(`/task/${task.id}`);
  await holds(page.getByLabel("Note"), "only a note");
  await holds(page.getByLabel("Description"), "Only a description");
  await holds(page.getByLabel("Title"), "Kept, renamed");
});

scene("two tabs keep what is typed in each", { as: "someone" }, async ({ page, person, open }) => {
  const [task] = await person.add("Shared");
  await page.goto("/dashboard");
  const other = await open();
  await other.goto("/dashboard");
  await title(other).fill("Typed in the other tab");
  // An answer to something else.
  await move(page, "Shared", "Done");
  await reads(page.locator("#announce"), "Moved to Done.");
  await keepsText(page, ":add", { title: "Typed in the other tab" });
  // A save of a task that was typed here.
  await addTask(page, "Typed here");
  await lists(page, ["Typed here", "Shared"]);
  await title(other).fill("Typed in the other tab, and more");
  await keepsText(page, ":add", { title: "Typed in the other tab, and more" });

  await page.goto(`/task/${task.id}`);
  await other.goto(`/task/${task.id}`);
  await page.getByLabel("Title").fill("A title from here");
  await other.getByLabel("Description").fill("A description from there");
  await keepsText(page, `edit:${task.id}`, { title: "A title from here", description: "A description from there" });
});

scene("a save leaves what another tab typed while it was on its way", { as: "someone" }, async ({ page, open }) => {
  await page.goto("/dashboard");
  const other = await open();
  await other.goto("/dashboard");
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route("**/web/tasks", async (route) => {
    await held;
    await route.continue();
  });
  await addTask(page, "Sent");
  await page.locator("#quick-add.htmx-request").waitFor();
  await title(other).fill("Typed meanwhile");
  release();
  await lists(page, ["Sent"]);
  await keepsText(other, ":add", { title: "Typed meanwhile" });
  await other.reload();
  await holds(title(other), "Typed meanwhile");
});

scene("minutes that were not changed are no second entry when the answer was lost", { as: "someone" }, async ({ page, person, troubles }) => {
  const [task] = await person.add("Dig");
  await page.goto("/dashboard");
  const bodies = await losing(page, troubles, "**/time", 3);
  await rowOf(page, "Dig").getByLabel("Log time on Dig").click();
  await holds(minutes(page, "Dig"), "30");
  await page.keyboard.press("Enter");
  await rowOf(page, "Dig").getByRole("button", { name: "Retry" }).waitFor();
  await page.reload();
  await eventually(() => assert.equal(bodies.length, 4));
  assert.equal(new Set(bodies.map((body) => body.get("key"))).size, 1);
  await keepsText(page, `time:${task.id}`, null);
  assert.equal((await person.api("GET", `/tasks/${task.id}/time`)).length, 1);
});

scene("what was not sent keeps its key and its note when its row is drawn anew", { as: "someone" }, async ({ page, person, troubles }) => {
  const [task] = await person.add("Dig");
  await page.goto("/dashboard");
  const bodies = await losing(page, troubles, "**/time", 3);
  await rowOf(page, "Dig").getByLabel("Log time on Dig").click();
  await minutes(page, "Dig").fill("25");
  await page.keyboard.press("Enter");
  await rowOf(page, "Dig").getByRole("button", { name: "Retry" }).waitFor();
  const sent = bodies[0].get("key");
  await page.keyboard.press("Escape");
  await move(page, "Dig", "In progress");
  await reads(page.locator("#announce"), "Moved to In progress.");
  const form = page.locator(`#log-form-${task.id}`);
  await eventually(async () => assert.equal(await form.locator("input[name=key]").inputValue(), sent));
  await reads(form.locator(".form-note"), "Not saved yet. Retry");
});

scene("a draft that is back meets only what collides with it", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add({ title: "Common ground", description: "As it was" });
  await page.goto(`/task/${task.id}`);
  await page.getByLabel("Title").fill("My title");
  await person.api("PATCH", `/tasks/${task.id}`, { description: "Their words" });
  await page.reload();
  await holds(page.getByLabel("Title"), "My title");
  await holds(page.getByLabel("Description"), "Their words");
  await page.getByLabel("Description").fill("My words after theirs");
  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.getByRole("heading", { level: 1 }), "My title");
  const saved = await person.api("GET", `/tasks/${task.id}`);
  assert.deepEqual([saved.title, saved.description], ["My title", "My words after theirs"]);
});

scene("a conflict comes again after a reload, until mine was saved", { as: "someone" }, async ({ page, person, troubles }) => {
  const [task] = await person.add("Common ground");
  await page.goto(`/task/${task.id}`);
  await page.getByLabel("Title").fill("My title");
  await person.api("PATCH", `/tasks/${task.id}`, { title: "Their title" });
  for (const _ of [1, 2]) {
    troubles.allow(412);
    await page.getByRole("button", { name: "Save" }).click();
    await reads(page.locator("#edit .theirs p"), "Their title");
    assert.equal((await person.api("GET", `/tasks/${task.id}`)).title, "Their title");
    await page.reload();
    await holds(page.getByLabel("Title"), "My title");
    await counts(page.locator("#edit .theirs"), 0);
  }
  troubles.allow(412);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Save mine" }).click();
  await reads(page.getByRole("heading", { level: 1 }), "My title");
  await keepsText(page, `edit:${task.id}`, null);
});

for (const [how, fail] of [
  ["is full", () => { Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }; }],
  ["is off", () => { Object.defineProperty(window, "localStorage", { get() { throw new DOMException("off", "SecurityError"); } }); }],
]) {
  scene(`a browser whose storage ${how} says that nothing is kept, and closes nothing over typed text`, { as: "someone" }, async ({ page, person }) => {
    await page.addInitScript(fail);
    const [task] = await person.add("Fragile");
    await page.goto("/dashboard");
    await title(page).fill("Where would it be");
    await reads(page.locator("#quick-add .form-note"), "This browser can't keep drafts. Save before you leave.");
    await rowOf(page, "Fragile").locator("a[data-action=edit]").click();
    const form = page.locator(`#edit-${task.id}`);
    await form.getByLabel("Title").fill("Fragile words");
    await page.keyboard.press("Escape");
    await reads(form.locator(".form-note"), "This browser can't keep drafts. Save before you leave.");
    await holds(form.getByLabel("Title"), "Fragile words");
  });
}

scene("after signing out in one tab another keeps nothing", { as: "someone" }, async ({ page, open }) => {
  await page.goto("/dashboard");
  const other = await open();
  await other.goto("/dashboard");
  await title(other).fill("Typed before");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Discard and sign out" }).click();
  await page.waitForURL("**/login**");
  await other.waitForURL("**/login**");
  await keepsText(other, ":add", null);
});

scene("what is sent in one tab leaves the fields of another, unless they were typed into", { as: "someone" }, async ({ page, open, person }) => {
  await page.goto("/dashboard");
  await title(page).fill("Once");
  const [untouched, touched] = [await open(), await open()];
  for (const other of [untouched, touched]) {
    await other.goto("/dashboard");
    await holds(title(other), "Once");
  }
  // What is typed on is followed.
  await title(page).fill("Once, alone");
  await holds(title(untouched), "Once, alone");
  await title(page).press("Enter");
  await lists(page, ["Once, alone"]);
  for (const other of [untouched, touched]) {
    await holds(title(other), "");
    await reads(other.locator("#quick-add .form-note"), "");
  }
  await title(untouched).press("Enter");
  assert.equal((await person.api("GET", "/tasks")).length, 1);

  await title(page).fill("Twice");
  await touched.reload();
  await title(touched).fill("Twice, and mine");
  await title(page).press("Enter");
  await lists(page, ["Twice", "Once, alone"]);
  await holds(title(touched), "Twice, and mine");
});
