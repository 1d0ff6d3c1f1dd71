// The same day without script: real forms, whole pages, and a 303 after each that succeeded.
import assert from "node:assert/strict";
import { addTask, counts, focused, holds, lists, move, reads, rowOf, scene, signIn, statusOf } from "./support.mjs";

/** Every form post of the page, as status and where it led. */
const posts = (page) => {
  const seen = [];
  page.on("response", (response) => {
    if (response.request().method() === "POST") seen.push([response.status(), response.headers().location ?? ""]);
  });
  return seen;
};

scene("a day's work without script", { script: false }, async ({ page }) => {
  const sent = posts(page);
  const last = (location) => assert.deepEqual(sent.at(-1), [303, location]);
  const who = { username: `plain-${process.pid}-${Date.now().toString(36)}`, password: "walnut-orbit-candle-9" };
  await page.goto("/signup");
  assert.ok(!(await page.getByRole("button", { name: /^Show/ }).isVisible()), "what needs the script is not shown");
  await page.getByLabel("Username").fill(who.username);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/dashboard");
  last("/signed-in?next=");

  await addTask(page, "one");
  await lists(page, ["one"]);
  last("/dashboard?done=added");
  await reads(page.locator(".toast p"), "Task added.");
  await page.getByText("Details", { exact: true }).click();
  await page.getByLabel("Description").fill("First\nSecond");
  await page.getByLabel("Estimate").fill("60");
  await page.getByLabel("Due").fill("2099-12-24");
  await addTask(page, "two");
  await lists(page, ["two", "one"]);
  await reads(rowOf(page, "two").locator(".row-time"), "Estimate 1h");

  await move(page, "one", "In progress");
  await page.waitForURL("**/dashboard");
  last("/dashboard");
  assert.equal(await statusOf(page, "one").getAttribute("title"), "In progress");
  await page.getByRole("link", { name: "In progress" }).click();
  await lists(page, ["one"]);
  await move(page, "one", "Done");
  await lists(page, []);
  last("/dashboard?status=in_progress");
  await page.getByRole("heading", { name: "Nothing in progress" }).waitFor();
  await page.getByRole("link", { name: "All" }).click();

  await rowOf(page, "two").getByLabel("Log time on two").click();
  await rowOf(page, "two").getByLabel("Time spent today").fill("25");
  await page.keyboard.press("Enter");
  await reads(rowOf(page, "two").locator(".row-time"), "25m of 1h");
  last("/dashboard?done=logged");

  await page.getByLabel("Delete one").click();
  await lists(page, ["two"]);
  await reads(page.locator(".toast p"), "Task deleted.");
  await page.getByRole("button", { name: "Undo" }).click();
  await lists(page, ["two", "one"]);
  last("/dashboard?done=restored");

  await page.getByRole("link", { name: "two", exact: true }).click();
  await holds(page.getByLabel("Description"), "First\nSecond");
  await page.getByLabel("Title").fill("two and a half");
  await page.getByLabel("Status").selectOption("Done");
  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.getByRole("heading", { level: 1 }), "two and a half");
  await reads(page.locator(".toast p"), "Saved.");
  assert.equal(sent.at(-1)[0], 303);
  // Line breaks did not become something else on the way: only the title and the status changed.
  await counts(page.locator("#events li", { hasText: "changed the" }), 2);
  await page.getByLabel("Time spent", { exact: true }).fill("50");
  await page.getByLabel("Note").fill("more");
  await page.getByRole("button", { name: "Log" }).click();
  await reads(page.locator("#time-summary p"), "1h 15m of 1h · 15m over");
  await counts(page.locator("#entries li"), 2);
  await page.getByRole("button", { name: "Delete" }).click();
  await lists(page, ["one"]);

  await page.goto("/account");
  await page.getByLabel("Time zone").fill("Europe/Lisbon");
  await page.getByRole("button", { name: "Save" }).click();
  last("/account?done=saved");
  await reads(page.locator(".toast p"), "Profile saved.");
  await holds(page.getByLabel("Time zone"), "Europe/Lisbon");
  await page.getByRole("textbox", { name: "Current password" }).fill(who.password);
  await page.getByRole("textbox", { name: "New password" }).fill("lantern-pebble-fjord-3");
  await page.getByRole("button", { name: "Change password" }).click();
  last("/account?done=password");
  await page.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/login");
  last("/login");
  await signIn(page, { ...who, password: "lantern-pebble-fjord-3" });
  await lists(page, ["one"]);
  assert.ok(sent.every(([status]) => status === 303), JSON.stringify(sent));
});

scene("without script a refusal is the whole page, with what was typed", { script: false, as: "someone" }, async ({ page, person, troubles }) => {
  const [task] = await person.add("one");
  await page.goto("/dashboard");
  troubles.allow(422);
  await page.getByText("Details", { exact: true }).click();
  await page.getByLabel("Description").fill("Words that took a while");
  await addTask(page, "x".repeat(201));
  await reads(page.locator("#add-title-error"), "Keep the title under 200 characters (now 201).");
  await holds(page.getByLabel("Title of a new task"), "x".repeat(201));
  await holds(page.getByLabel("Description"), "Words that took a while");
  await lists(page, ["one"]);
  await focused(page.getByLabel("Title of a new task"));
  await counts(page.locator(".alert"), 0);

  // The row's small form continues on the task's own page, where there is room for what is wrong.
  await page.goto("/dashboard");
  await rowOf(page, "one").getByLabel("Log time on one").click();
  await rowOf(page, "one").getByLabel("Time spent today").fill("9999");
  troubles.allow(422);
  await page.keyboard.press("Enter");
  await reads(page.locator("#time-minutes-error"), "Enter between 1 min and 24 h.");
  await holds(page.getByLabel("Time spent", { exact: true }), "9999");
  await page.getByLabel("Time spent", { exact: true }).fill("99");
  await page.getByRole("button", { name: "Log" }).click();
  await reads(page.locator("#time-summary p"), "1h 39m logged");

  await page.goto(`/task/${task.id}`);
  await page.getByLabel("Title").fill(" ");
  await page.getByLabel("Description").fill("kept");
  troubles.allow(422);
  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.locator("#edit-title-error"), "Enter a title.");
  await holds(page.getByLabel("Description"), "kept");

  await page.goto("/account");
  await page.getByRole("textbox", { name: "Current password" }).fill("wrong");
  await page.getByRole("textbox", { name: "New password" }).fill("lantern-pebble-fjord-3");
  troubles.allow(403);
  await page.getByRole("button", { name: "Change password" }).click();
  await reads(page.locator("#password-current-error"), "Wrong current password.");
  await page.getByLabel("Working hours per day").fill("9999");
  troubles.allow(422);
  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.locator("#profile-workday-error"), "Enter between 1 min and 24 h.");
  await holds(page.getByLabel("Working hours per day"), "9999");
});

scene("without script a form whose session has ended is sent after signing in again", { script: false, as: "someone" }, async ({ page, open, person, context, troubles }) => {
  const [task] = await person.add("Kept");
  await page.goto(`/task/${task.id}`);
  await page.getByLabel("Description").fill("A long thought, not saved yet");
  await context.clearCookies();
  troubles.allow(401);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "You're signed out" }).waitFor();
  const link = page.getByRole("link", { name: "Sign in in a new tab" });
  assert.deepEqual([await link.getAttribute("target"), await link.getAttribute("rel")], ["_blank", "noopener"]);
  await signIn(await open(), person);
  await page.reload();
  await reads(page.locator("h1"), "Kept");
  assert.equal((await person.api("GET", `/tasks/${task.id}`)).description, "A long thought, not saved yet");
});

scene("who has forgotten the password reads who can help", { script: false }, async ({ page }) => {
  await page.goto("/login");
  await page.getByText("Forgot your password?").click();
  await page.getByText(/Ask an admin for a reset link/).waitFor();
});

scene("without script two tabs meet on the page too", { script: false, as: "someone" }, async ({ page, person, troubles }) => {
  const [task] = await person.add("one");
  await page.goto(`/task/${task.id}`);
  await person.api("PATCH", `/tasks/${task.id}`, { title: "theirs", description: "their words" });
  await page.getByLabel("Title").fill("mine");
  troubles.allow(412);
  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.locator(".alert-warn"), /^This task changed while you were editing\./);
  await holds(page.getByLabel("Title"), "mine");
  await counts(page.locator(".theirs"), 1);
  await holds(page.getByLabel("Description"), "their words");
  await page.getByRole("button", { name: "Save mine" }).click();
  await reads(page.getByRole("heading", { level: 1 }), "mine");
  const now = await person.api("GET", `/tasks/${task.id}`);
  assert.deepEqual([now.title, now.description, now.version], ["mine", "their words", 3]);
});

scene("without script more rows are another page, and lead back", { script: false, as: "someone" }, async ({ page, person }) => {
  const all = Array.from({ length: 35 }, (_, index) => `task ${index + 1}`);
  await person.add(...all);
  await page.goto("/dashboard");
  await lists(page, all.toReversed().slice(0, 30));
  await page.getByRole("link", { name: "Load more" }).click();
  await lists(page, all.toReversed().slice(30));
  await page.getByRole("link", { name: "Back to newest" }).click();
  await lists(page, all.toReversed().slice(0, 30));
});

scene("without script the list turns round, is searched, and moves several at once", { script: false, as: "someone" }, async ({ page, person }) => {
  const sent = posts(page);
  await person.add("pay the printer", { title: "call the printer", status: "in_progress" }, "water the plants");
  await page.goto("/dashboard");
  await page.getByRole("link", { name: "Newest first. Show oldest first" }).click();
  await page.waitForURL("**/dashboard?order=oldest");
  await lists(page, ["pay the printer", "call the printer", "water the plants"]);
  await page.getByLabel("Search tasks").fill("printer");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard?q=printer**");
  await lists(page, ["call the printer", "pay the printer"]);
  await page.getByLabel("Select call the printer").check();
  await page.getByLabel("Select pay the printer").check();
  await page.getByRole("form", { name: "Selected tasks" }).getByRole("button", { name: "Done" }).click();
  await reads(page.locator(".toast p"), "Tasks moved.");
  assert.equal(sent.at(-1)[0], 303);
  await lists(page, ["call the printer", "pay the printer"]);
  await page.getByRole("link", { name: "Clear search" }).click();
  await lists(page, ["water the plants", "call the printer", "pay the printer"]);
  for (const title of ["call the printer", "pay the printer"]) assert.equal(await statusOf(page, title).getAttribute("title"), "Done");
  await page.getByLabel("Search tasks").fill("zebra");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "No results" }).waitFor();

  // Changing a row in place is the script's; without it the same link leads to where everything can be changed.
  await page.goto("/dashboard");
  await page.getByRole("link", { name: "Edit water the plants" }).click();
  await page.waitForURL("**/task/*");
  await page.getByLabel("Title").fill("water the cactus");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL("**/task/*?done=saved");
  await page.goto("/dashboard");
  await page.getByRole("button", { name: "Start timer on water the cactus" }).click();
  await reads(page.locator("#timer-bar"), /water the cactus/);
  assert.equal(new URL(page.url()).pathname, "/dashboard");
});

scene("without script cards move on the board, and each column goes on", { script: false, as: "someone" }, async ({ page, person }) => {
  const sent = posts(page);
  await person.add(...Array.from({ length: 32 }, (_, index) => `card ${index + 1}`));
  await page.goto("/dashboard");
  await page.getByRole("link", { name: "Board" }).click();
  await page.waitForURL("**/dashboard?view=board");
  const column = (name) => page.getByRole("region", { name }).locator(".row-title");
  await counts(column("In progress"), 0);
  const card = page.locator(".ticket", { has: page.getByRole("link", { name: "card 32", exact: true }) });
  await card.locator("summary").first().click();
  await card.getByRole("button", { name: "In progress" }).click();
  await page.waitForURL("**/dashboard?view=board");
  await reads(column("In progress"), "card 32");
  assert.deepEqual(sent.at(-1), [303, "/dashboard?view=board"]);
  await addTask(page, "card 33");
  await reads(column("To do").first(), "card 33");
  const shown = await column("To do").count();
  await page.getByRole("link", { name: "More To do" }).click();
  await counts(page.locator(".row-title"), 32 - shown);
  await reads(page.locator(".row-title").last(), "card 1");
});
