// Everything by keyboard alone, and the focus is never lost.
import assert from "node:assert/strict";
import { counts, eventually, focused, holds, lists, reads, rowOf, scene, statusOf } from "./support.mjs";

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

  // From the line on: Add, Details, then the first row in reading order.
  const order = [
    "Add", "Details", "Newest first: show the oldest first",
    "Select next", "To do: move next", "next", "Start the timer on next", "Log minutes on next", "Edit next", "Delete next",
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
  assert.equal(await here(page), "Log minutes on nine nines");
  await page.keyboard.press("Enter");
  await focused(rowOf(page, "nine nines").getByLabel("Minutes worked today"));
  await page.keyboard.type("30");
  await page.keyboard.press("Enter");
  await reads(rowOf(page, "nine nines").locator(".row-time"), "30m logged");
  await focused(page.getByLabel("Log minutes on nine nines"));

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
  await page.getByLabel("Use single keys as shortcuts on this device").uncheck();
  await page.goto("/dashboard");
  await page.keyboard.press("n");
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
  await page.goto("/account");
  await page.getByLabel("Use single keys as shortcuts on this device").check();
  await page.goto("/dashboard");
  await page.keyboard.press("n");
  await focused(page.getByLabel("Title of a new task"));
  await holds(page.getByLabel("Title of a new task"), "");
});
