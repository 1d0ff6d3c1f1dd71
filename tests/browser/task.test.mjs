// A task's own page.
import assert from "node:assert/strict";
import { counts, device, eventually, focused, holds, mark, reads, scene, signIn, squeezed, unmoved } from "./support.mjs";

const history = (page) => eventually(async () => (await page.locator("#events li .grow").allTextContents()).map(squeezed));

scene("everything can be edited, and the history says what was", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Old title");
  await page.goto(`/task/${task.id}`);
  await mark(page);
  await page.getByLabel("Title").fill("New title");
  await page.getByLabel("Description").fill("One\n\nTwo <b>& three</b>");
  await page.getByLabel("Status").selectOption("In progress");
  await page.getByLabel("Estimate").fill("120");
  await page.getByLabel("Due").fill("2099-01-02");
  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.getByRole("heading", { level: 1 }), "New title");
  await reads(page.locator("#edit .actions p"), /^Saved /);
  await reads(page.locator("#announce"), "Saved.");
  await counts(page.locator("#events li"), 6);
  const lines = await history(page);
  for (const line of [
    "changed the title from Old title to New title", "changed the status from To do to In progress",
    "changed the estimate from nothing to 2h", "changed the due date from nothing to 2 Jan 2099",
  ]) assert.ok(lines.includes(`${person.username} ${line}`), `${line} is one of ${lines}`);
  await unmoved(page);

  await page.reload();
  await holds(page.getByLabel("Title"), "New title");
  await holds(page.getByLabel("Description"), "One\n\nTwo <b>& three</b>");
  await holds(page.getByLabel("Status"), "in_progress");
  await holds(page.getByLabel("Estimate"), "2h");
  await holds(page.getByLabel("Due"), "2099-01-02");
  assert.equal(await page.title(), "New title · SprintSync");
});

scene("logged time is an entry, a sum and an event, and does not stand in the way of a save", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add({ title: "Dig", estimate_minutes: 60 });
  await page.goto(`/task/${task.id}`);
  await mark(page);
  await page.getByLabel("Title").fill("Dig deeper");
  await page.getByLabel("Time spent", { exact: true }).fill("45");
  await page.getByLabel("Note").fill("with a spade");
  await page.getByRole("button", { name: "Log" }).click();
  await reads(page.locator("#time-summary p"), "45m of 1h");
  await reads(page.locator("#entries li").first(), /^45m\s*with a spade\s*today$/);
  await holds(page.getByLabel("Time spent", { exact: true }), "");
  await focused(page.getByLabel("Time spent", { exact: true }));
  await holds(page.getByLabel("Title"), "Dig deeper");

  await page.getByLabel("Time spent", { exact: true }).fill("30");
  await page.getByLabel("Worked on").fill("2026-01-05");
  await page.keyboard.press("Enter");
  await reads(page.locator("#time-summary p"), "1h 15m of 1h · 15m over");
  await counts(page.locator("#entries li"), 2);
  assert.deepEqual((await history(page)).slice(0, 2), [`${person.username} logged 30m`, `${person.username} logged 45m`]);

  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.getByRole("heading", { level: 1 }), "Dig deeper");
  await unmoved(page);
});

scene("earlier entries and changes are loaded in place", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Long");
  for (let minute = 1; minute <= 25; minute++) await person.api("POST", `/tasks/${task.id}/time`, { minutes: minute });
  await page.goto(`/task/${task.id}`);
  await counts(page.locator("#entries li"), 20);
  await mark(page);
  await page.getByRole("link", { name: "Older entries" }).click();
  await counts(page.locator("#entries li"), 25);
  const amounts = await page.locator("#entries .amount").allTextContents();
  assert.deepEqual(amounts, Array.from({ length: 25 }, (_, index) => `${25 - index}m`));
  await page.getByRole("link", { name: "Older changes" }).click();
  await counts(page.locator("#events li"), 26);
  await counts(page.getByRole("link", { name: /^Older/ }), 0);
  await unmoved(page);
});

// Two tabs, of which the second saves first.
const twoTabs = (name, play) => scene(name, { as: "someone" }, async (props) => {
  const { page, person, open, troubles } = props;
  const [task] = await person.add({ title: "Common ground", description: "As it was" });
  const other = await open();
  await page.goto(`/task/${task.id}`);
  await other.goto(`/task/${task.id}`);
  await other.getByLabel("Title").fill("Their title");
  await other.getByLabel("Description").fill("Their words");
  await other.getByRole("button", { name: "Save" }).click();
  await reads(other.getByRole("heading", { level: 1 }), "Their title");
  await page.bringToFront();
  await page.getByLabel("Title").fill("My title");
  await page.getByLabel("Estimate").fill("30");
  troubles.allow(412);
  await page.getByRole("button", { name: "Save" }).click();
  const alert = page.locator(".alert-warn");
  await reads(alert, /^This task changed while you were editing\. Your text is safe\./);
  await focused(alert);
  await holds(page.getByLabel("Title"), "My title");
  // What only the other changed is there already.
  await holds(page.getByLabel("Description"), "Their words");
  await holds(page.getByLabel("Estimate"), "30");
  const saved = page.locator("#edit .field", { has: page.getByLabel("Title") }).locator(".theirs p");
  await reads(saved, "Their title");
  await reads(page.locator(".theirs-label"), `${person.username}'s version`);
  await counts(page.locator(".theirs"), 1);
  await play({ ...props, task });
});

twoTabs("two tabs: mine can be saved over theirs, knowingly", async ({ page, person, task }) => {
  await page.getByRole("button", { name: "Save mine" }).click();
  await reads(page.getByRole("heading", { level: 1 }), "My title");
  await counts(page.locator(".theirs, .alert"), 0);
  await page.getByRole("button", { name: "Save", exact: true }).waitFor();
  const now = await person.api("GET", `/tasks/${task.id}`);
  assert.deepEqual([now.title, now.description, now.estimate_minutes, now.version], ["My title", "Their words", 30, 3]);
});

twoTabs("two tabs: theirs can be taken", async ({ page, person, task }) => {
  await page.getByRole("link", { name: "Use theirs" }).click();
  await holds(page.getByLabel("Title"), "Their title");
  await holds(page.getByLabel("Description"), "Their words");
  await holds(page.getByLabel("Estimate"), "");
  assert.equal((await person.api("GET", `/tasks/${task.id}`)).version, 2);
});

twoTabs("two tabs: a third version meets the save again", async ({ page, person, task, troubles }) => {
  await person.api("PATCH", `/tasks/${task.id}`, { title: "Third title" });
  troubles.allow(412);
  await page.getByRole("button", { name: "Save mine" }).click();
  await reads(page.locator("#edit .field", { has: page.getByLabel("Title") }).locator(".theirs p"), "Third title");
  await holds(page.getByLabel("Title"), "My title");
});

scene("time that is logged between does not hide another's change", { as: "someone" }, async ({ page, person, troubles }) => {
  const [task] = await person.add("Common ground");
  await page.goto(`/task/${task.id}`);
  await page.getByLabel("Title").fill("My title");
  await person.api("PATCH", `/tasks/${task.id}`, { title: "Their title" });
  await page.getByLabel("Time spent", { exact: true }).fill("5");
  await page.getByRole("button", { name: "Log" }).click();
  await reads(page.locator("#time-summary p"), "5m logged");
  troubles.allow(412);
  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.locator(".theirs p"), "Their title");
  await holds(page.getByLabel("Title"), "My title");
});

scene("a session that ends while one types loses nothing", { as: "someone" }, async ({ page, person, troubles }) => {
  const [task] = await person.add("Half written");
  await page.goto(`/task/${task.id}`);
  await page.getByLabel("Description").fill("A long thought, not saved yet");
  await page.getByLabel("Note").fill("a note");
  await device(troubles, async (elsewhere) => {
    await signIn(elsewhere, person);
    await elsewhere.goto("/account");
    await counts(elsewhere.locator("#sessions li"), 3);
    for (let left = 2; left > 0; left--) {
      await elsewhere.getByRole("button", { name: /^Sign out \S/ }).first().click();
      await counts(elsewhere.locator("#sessions li"), left);
    }
  });
  troubles.allow(401);
  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.locator(".toast p"), "You're signed out. Your text is kept on this device.");
  await holds(page.getByLabel("Description"), "A long thought, not saved yet");
  await page.locator(".toast").getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("Username").fill(person.username);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`**/task/${task.id}`);
  await holds(page.getByLabel("Description"), "A long thought, not saved yet");
  await holds(page.getByLabel("Note"), "a note");
  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.locator("#announce"), "Saved.");
  await page.reload();
  await holds(page.getByLabel("Description"), "A long thought, not saved yet");
  await holds(page.getByLabel("Note"), "a note");
});

for (const script of [true, false]) {
  scene(`a timer runs, stops into an entry, and the entry is taken back, ${script ? "with" : "without"} script`, { as: "someone", script }, async ({ page, person }) => {
    const [task, other] = await person.add("Timed", "Another");
    await page.goto(`/task/${task.id}`);
    await page.getByRole("button", { name: "Start timer" }).click();
    await reads(page.locator("#timer p"), /^Running since \d\d:\d\d$/);
    await page.goto(`/task/${other.id}`);
    await reads(page.locator("#timer p"), "Your timer is running on Timed.");
    await page.locator("#timer").getByRole("link", { name: "Timed" }).click();
    await page.getByRole("button", { name: "Stop and log" }).click();
    await reads(page.locator("#time-summary p"), "1m logged");
    await counts(page.locator("#entries li"), 1);
    await page.getByRole("button", { name: "Undo entry: 1m, today" }).click();
    await reads(page.locator("#time-summary p"), "No time logged");
    await counts(page.locator("#entries li"), 2);
    await reads(page.locator("#entries li").first(), /^−1m\s*Reversed\s*today$/);
    await counts(page.getByRole("button", { name: /^Undo entry/ }), 0);
  });
}
