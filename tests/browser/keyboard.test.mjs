// Everything by keyboard alone, and the focus is never lost.
import assert from "node:assert/strict";
import { counts, eventually, focused, holds, lists, mark, reads, rowOf, scene, statusOf } from "./support.mjs";

/** The accessible name of what has the focus, as far as an attribute, a label or the text says it. */
const here = (page) => page.evaluate(() => {
  const element = document.activeElement;
  const name = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
  return name.replace(/\s+/g, " ").trim();
});

const tab = async (page, times = 1) => {
  for (let n = 0; n < times; n++) await page.keyboard.press("Tab");
};

scene("a day by keyboard alone", { as: "someone" }, async ({ page, context, person }) => {
  await context.clearCookies();
  await page.goto("/login");
  await tab(page, 2);
  await page.keyboard.type(person.username);
  await tab(page);
  await page.keyboard.type(person.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard");

  await page.keyboard.press("n");
  await focused(page.getByLabel("Title of a new task"));
  await page.keyboard.type("nine nines");
  await page.keyboard.press("Enter");
  await lists(page, ["nine nines"]);
  await page.keyboard.type("next");
  await page.keyboard.press("Enter");
  await lists(page, ["next", "nine nines"]);

  // From the line on: Add, Details, the plan, then the first row in reading order.
  const order = [
    "Add", "Details", "Plan my day", "Newest first. Show oldest first",
    "Select next", "To do: move next", "next", "Start timer on next", "Log time on next", "Edit next", "Delete next",
    "Select nine nines", "To do: move nine nines",
  ];
  for (const name of order) {
    await tab(page);
    assert.equal(await here(page), name);
  }
  await page.keyboard.press("Enter");
  await tab(page, 2);
  assert.equal(await here(page), "In progress");
  await page.keyboard.press("Enter");
  await eventually(async () => assert.equal(await statusOf(page, "nine nines").getAttribute("title"), "In progress"));
  await focused(statusOf(page, "nine nines"));
  await counts(page.locator("details.menu[open]"), 0);

  // A menu closes when the focus leaves it, and with Escape, which returns to its button.
  await page.keyboard.press("Space");
  await counts(page.locator("details.menu[open]"), 1);
  await page.keyboard.press("Shift+Tab");
  await counts(page.locator("details.menu[open]"), 0);
  await tab(page);
  await page.keyboard.press("Space");
  await counts(page.locator("details.menu[open]"), 1);
  await tab(page);
  await page.keyboard.press("Escape");
  await counts(page.locator("details.menu[open]"), 0);
  await focused(statusOf(page, "nine nines"));

  await tab(page, 3);
  assert.equal(await here(page), "Log time on nine nines");
  await page.keyboard.press("Enter");
  await focused(rowOf(page, "nine nines").getByLabel("Time spent today"));
  await page.keyboard.type("30");
  await page.keyboard.press("Enter");
  await reads(rowOf(page, "nine nines").locator(".row-time"), "30m logged");
  await focused(page.getByLabel("Log time on nine nines"));

  await tab(page, 2);
  await page.keyboard.press("Enter");
  await lists(page, ["next"]);
  await focused(page.getByRole("link", { name: "next", exact: true }));
  const undo = page.getByRole("button", { name: "Undo" });
  for (let n = 0; n < 40 && !(await undo.evaluate((button) => button === document.activeElement)); n++) await page.keyboard.press("Shift+Tab");
  await focused(undo);
  await page.keyboard.press("Enter");
  await lists(page, ["next", "nine nines"]);
  await focused(page.getByRole("link", { name: "nine nines", exact: true }));
  await page.keyboard.press("Enter");
  await page.waitForURL("**/task/*");
  await page.getByLabel("Title").focus();
  await page.keyboard.press("End");
  await page.keyboard.type(" n");
  await page.keyboard.press("Enter");
  await reads(page.getByRole("heading", { level: 1 }), "nine nines n");
  await focused(page.getByLabel("Title"));
});

scene("the first stop leads past the head of the page", { as: "someone" }, async ({ page }) => {
  await page.goto("/dashboard");
  await tab(page);
  assert.equal(await here(page), "Skip to content");
  assert.ok(await page.getByRole("link", { name: "Skip to content" }).isVisible());
  await page.keyboard.press("Enter");
  await tab(page);
  assert.equal(await here(page), "All");
});

scene("single keys can be turned off on a device", { as: "someone" }, async ({ page }) => {
  await page.goto("/account");
  await page.getByLabel("Single-key shortcuts (this device)").uncheck();
  await page.goto("/dashboard");
  await page.keyboard.press("n");
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
  await page.goto("/account");
  await page.getByLabel("Single-key shortcuts (this device)").check();
  await page.goto("/dashboard");
  await page.keyboard.press("n");
  await focused(page.getByLabel("Title of a new task"));
  await holds(page.getByLabel("Title of a new task"), "");
});

/** Goes on with Tab until the focus is on what has this name. */
const reach = async (page, name) => {
  const right = (found) => (name instanceof RegExp ? name.test(found) : name === found);
  const passed = [];
  for (let n = 0; n < 90; n++) {
    await tab(page);
    passed.push(await here(page));
    if (right(passed.at(-1))) return;
  }
  assert.fail(`${name} is one of ${passed.join(" | ")}`);
};

const follow = async (page, name, address) => {
  await reach(page, name);
  await mark(page);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !window.marked && document.readyState === "complete");
  await page.waitForURL(address);
};

scene("every other page and act by keyboard alone", {}, async ({ page }) => {
  const who = { username: `keys-${process.pid}-${Date.now().toString(36)}`, password: "walnut-orbit-candle-9" };
  await page.goto("/login");
  await follow(page, "Create an account", "**/signup");
  await reach(page, "Username");
  await page.keyboard.type(who.username);
  await reach(page, "Password");
  await page.keyboard.type(who.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard");

  await page.keyboard.press("n");
  for (const title of ["pay the printer", "call the printer", "water the plants"]) {
    await page.keyboard.type(title);
    await page.keyboard.press("Enter");
    await rowOf(page, title).waitFor();
    await holds(page.getByLabel("Title of a new task"), "");
  }
  await follow(page, "Newest first. Show oldest first", "**/dashboard?order=oldest");
  await lists(page, ["pay the printer", "call the printer", "water the plants"]);
  await page.keyboard.press("/");
  await page.keyboard.type("printer");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard?q=printer**");
  for (const title of ["call the printer", "pay the printer"]) {
    await reach(page, `Select ${title}`);
    await page.keyboard.press("Space");
  }
  await reach(page, "Done");
  await page.keyboard.press("Enter");
  await reads(page.locator(".toast p"), "Moved 2 tasks to Done.");

  await follow(page, /Board$/, "**/dashboard?view=board");
  await reach(page, "To do: move water the plants");
  await page.keyboard.press("Enter");
  await tab(page, 2);
  // The card moves before the answer comes, and who leaves then takes the request along.
  await Promise.all([page.waitForResponse(/\/status/), page.keyboard.press("Enter")]);
  await reads(page.getByRole("region", { name: "In progress" }).locator(".row-title"), "water the plants");
  await follow(page, "water the plants", "**/task/*");
  await reach(page, "Start timer");
  await page.keyboard.press("Enter");
  await page.getByText("Running since").waitFor();
  await reach(page, "Stop and log");
  await page.keyboard.press("Enter");
  await reads(page.locator("#time-summary p"), "1m logged");
  await reach(page, "Time spent");
  await page.keyboard.type("25");
  await reach(page, "Note");
  await page.keyboard.type("slowly");
  await page.keyboard.press("Enter");
  await reads(page.locator("#time-summary p"), "26m logged");

  await follow(page, "Time", "**/day");
  await follow(page, "Previous day", "**/day?**");
  await follow(page, "Week", "**/week**");
  await follow(page, "Previous week", "**/week?**");
  await follow(page, "Tasks", "**/dashboard");
  await reach(page, "Delete pay the printer");
  await page.keyboard.press("Enter");
  await lists(page, ["water the plants", "call the printer"]);
  await follow(page, "Trash", "**/trash");
  await reach(page, "Restore pay the printer");
  await page.keyboard.press("Enter");
  await reads(page.locator(".toast p"), "Task restored.");

  await follow(page, /^Account of/, "**/account");
  await reach(page, "Dark");
  await page.keyboard.press("Enter");
  await counts(page.locator("html[data-scheme=dark]"), 1);
  await follow(page, /^Export data$/, "**/account/export");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("sign out");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/login");
});
