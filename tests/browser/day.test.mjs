// A day's work with script: nothing loads the page again that does not lead to another.
import assert from "node:assert/strict";
import { addTask, counts, eventually, focused, holds, lists, mark, move, reads, rowOf, scene, signIn, statusOf, titles, unmoved } from "./support.mjs";

scene("a first day, and everything is there when one comes back", {}, async ({ page }) => {
  const who = { username: `day-${process.pid}-${Date.now().toString(36)}`, password: "walnut-orbit-candle-9" };
  await page.goto("/");
  assert.equal(new URL(page.url()).pathname, "/login");
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Username").fill(who.username);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/dashboard");
  await page.getByRole("heading", { name: "No tasks yet" }).waitFor();
  await mark(page);

  await addTask(page, "Write the report");
  await rowOf(page, "Write the report").waitFor();
  await holds(page.getByLabel("Title of a new task"), "");
  await focused(page.getByLabel("Title of a new task"));
  await reads(page.locator("#announce"), "Task added.");
  assert.ok(!(await page.getByRole("heading", { name: "No tasks yet" }).isVisible()));

  await page.getByText("Details", { exact: true }).click();
  await page.getByLabel("Description").fill("First line\nSecond line");
  await page.getByLabel("Estimate").fill("90");
  await page.getByLabel("Due").fill("2099-12-24");
  await addTask(page, "Wrap the presents");
  await lists(page, ["Wrap the presents", "Write the report"]);
  await reads(rowOf(page, "Wrap the presents").locator(".row-due"), "Due 24 Dec 2099");
  await reads(rowOf(page, "Wrap the presents").locator(".row-time"), "Estimate 1h 30m");
  for (const label of ["Description", "Estimate", "Due"]) await holds(page.getByLabel(label), "");

  for (const [to, label] of [["In progress", "In progress"], ["Done", "Done"]]) {
    await move(page, "Write the report", to);
    await eventually(async () => assert.equal(await statusOf(page, "Write the report").getAttribute("title"), label));
    await focused(statusOf(page, "Write the report"));
    await reads(page.locator("#announce"), `Moved to ${label}.`);
  }

  for (const [minutes, shown] of [["45", "45m of 1h 30m"], ["50", "1h 35m of 1h 30m, over"]]) {
    await rowOf(page, "Wrap the presents").getByLabel("Log time on Wrap the presents").click();
    await focused(rowOf(page, "Wrap the presents").getByLabel("Time spent today"));
    await page.keyboard.type(minutes);
    await page.keyboard.press("Enter");
    await reads(rowOf(page, "Wrap the presents").locator(".row-time"), shown);
    await counts(page.locator("details.menu[open]"), 0);
  }
  await unmoved(page);

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/login");
  await page.goto("/dashboard");
  assert.equal(new URL(page.url()).pathname, "/login");
  await signIn(page, who);
  await lists(page, ["Wrap the presents", "Write the report"]);
  await reads(rowOf(page, "Wrap the presents").locator(".row-time"), "1h 35m of 1h 30m, over");
  await page.goto("/account");
  await holds(page.getByLabel("Time zone"), "Europe/Berlin");
});

scene("filters have addresses, and a row leaves a list that no longer shows it", { as: "someone" }, async ({ page, person }) => {
  await person.add("one", { title: "two", status: "in_progress" }, { title: "three", status: "done" });
  await page.goto("/dashboard");
  const tabs = page.getByRole("navigation", { name: "Filter by status" });
  for (const [tab, key, shown] of [["To do", "todo", "one"], ["In progress", "in_progress", "two"], ["Done", "done", "three"]]) {
    await tabs.getByRole("link", { name: tab }).click();
    await page.waitForURL(`**/dashboard?status=${key}`);
    await lists(page, [shown]);
    assert.equal(await tabs.getByRole("link", { name: tab }).getAttribute("aria-current"), "page");
  }
  await page.goto("/dashboard?status=todo");
  await mark(page);
  await move(page, "one", "Done");
  await page.getByRole("heading", { name: "All clear" }).waitFor();
  await addTask(page, "four");
  await lists(page, ["four"]);
  await unmoved(page);

  // What is added above the list of done tasks is not done: it says where it went, and leads there.
  await tabs.getByRole("link", { name: "Done" }).click();
  await page.waitForURL("**/dashboard?status=done");
  await addTask(page, "five");
  await reads(page.locator(".toast p"), "Task added to To do.");
  await lists(page, ["three", "one"]);
  await page.getByRole("link", { name: "Open" }).click();
  await page.waitForURL("**/task/*");
  await holds(page.getByLabel("Title"), "five");
});

scene("a task that is deleted comes back by undo, in its place, and goes for good without", { as: "someone" }, async ({ page, person }) => {
  await person.add("one", "two", "three");
  await page.goto("/dashboard");
  await mark(page);
  await page.getByLabel("Delete two").click();
  await lists(page, ["three", "one"]);
  await focused(page.getByRole("link", { name: "one", exact: true }));
  await reads(page.locator(".toast p"), "Task deleted.");
  await page.getByRole("button", { name: "Undo" }).click();
  await lists(page, ["three", "two", "one"]);
  await counts(page.locator(".toast"), 0);
  await page.getByLabel("Delete two").click();
  await lists(page, ["three", "one"]);
  await page.getByRole("button", { name: "Dismiss" }).click();
  await counts(page.locator(".toast"), 0);
  await unmoved(page);
  await page.reload();
  await lists(page, ["three", "one"]);

  // From its own page, the undo waits on the dashboard.
  await page.getByRole("link", { name: "three", exact: true }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await lists(page, ["one"]);
  await page.waitForURL("**/dashboard");
  await page.getByRole("button", { name: "Undo" }).click();
  await lists(page, ["three", "one"]);
});

scene("rows are loaded in place, each of them once", { as: "someone" }, async ({ page, person }) => {
  const all = Array.from({ length: 70 }, (_, index) => `task ${index + 1}`);
  await person.add(...all);
  const newest = all.toReversed();
  await page.goto("/dashboard");
  await lists(page, newest.slice(0, 30));
  await mark(page);
  // A task that is added meanwhile shifts nothing.
  await addTask(page, "task 71");
  await counts(page.locator(".row"), 31);
  // Who stands on the button presses it; else the rows come by themselves.
  await page.getByRole("link", { name: "Load more" }).focus();
  await page.keyboard.press("Enter");
  await counts(page.locator(".row"), 61);
  await focused(page.getByRole("link", { name: "task 40", exact: true }));
  await page.locator(".list-foot").scrollIntoViewIfNeeded();
  await counts(page.locator(".row"), 71);
  assert.deepEqual(await titles(page), ["task 71", ...newest]);
  await counts(page.getByRole("link", { name: "Load more" }), 0);
  await move(page, "task 3", "Done");
  await eventually(async () => assert.equal(await statusOf(page, "task 3").getAttribute("title"), "Done"));
  await unmoved(page);
});
