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

  await follow(page, "Clear search", "**/dashboard");
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

  await follow(page, /^Account: /, "**/account");
  await reach(page, "Dark");
  await page.keyboard.press("Enter");
  await counts(page.locator("html[data-scheme=dark]"), 1);
  await follow(page, /^Export data$/, "**/account/export");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("sign out");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/login");
});

/** A key as a layout sends it, pressed wherever the focus is; true where the page took it for its own. */
const strike = (page, key, code, more = {}) => page.evaluate(([key, code, more]) =>
  !document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, ...more })), [key, code, more]);

scene("shortcuts work on every layout, and with Caps Lock", { as: "someone" }, async ({ page, person }) => {
  await person.add("one");
  await page.goto("/dashboard");
  const line = page.getByLabel("Title of a new task");
  const palette = page.locator("#palette");
  for (const [key, code] of [["n", "KeyN"], ["N", "KeyN"], ["т", "KeyN"], ["Т", "KeyN"], ["ν", "KeyN"], ["ى", "KeyN"], ["ื", "KeyN"], ["n", "KeyL"]]) {
    assert.ok(await strike(page, key, code), `${key} at ${code}`);
    await focused(line);
    await line.evaluate((field) => field.blur());
  }
  // A Latin letter is what it says, wherever it is; with Shift it is another.
  for (const [key, code, more] of [["q", "KeyN"], ["ğ", "KeyE"], ["b", "KeyN", { ctrlKey: true }], ["N", "KeyN", { shiftKey: true }]]) {
    assert.ok(!(await strike(page, key, code, more)), `${key} at ${code}`);
  }
  for (const [key, code] of [["k", "KeyK"], ["K", "KeyK"], ["л", "KeyK"], ["k", "KeyV"]]) {
    assert.ok(await strike(page, key, code, { ctrlKey: true }), `Ctrl and ${key} at ${code}`);
    await palette.waitFor();
    await page.keyboard.press("Escape");
    await counts(page.locator("dialog[open]"), 0);
  }
  assert.ok(!(await strike(page, "t", "KeyK", { ctrlKey: true })), "Ctrl and K as another layout has it");
  // The sheet, where the sign is a key of its own, and where it is another script's.
  for (const [key, code] of [["?", "Minus"], ["؟", "Slash"]]) {
    assert.ok(await strike(page, key, code, { shiftKey: true }));
    await page.locator("#help[open]").waitFor();
    await page.keyboard.press("Escape");
  }
  const status = () => statusOf(page, "one").getAttribute("title");
  for (const [key, code, more, expected] of [
    ["2", "Digit2", {}, "In progress"], ["3", "Digit3", { shiftKey: true }, "Done"], ["é", "Digit2", {}, "In progress"],
    ["&", "Digit1", {}, "To do"], ["٣", "Digit3", {}, "Done"], ["1", "Numpad1", {}, "To do"],
  ]) {
    await page.getByRole("link", { name: "one", exact: true }).focus();
    assert.ok(await strike(page, key, code, more), `${key} at ${code}`);
    await eventually(async () => assert.equal(await status(), expected));
    await reads(page.locator("#announce"), `Moved to ${expected}.`);
  }
});

scene("each key acts on the card that has the focus, or says why not", { as: "someone" }, async ({ page, person }) => {
  const [, card] = await person.add("first", "second");
  await page.goto("/dashboard?view=board");
  const title = page.getByRole("link", { name: "second", exact: true });
  await page.keyboard.press("x");
  await reads(page.locator(".toast p"), "Select task: choose a task first, with J or K.");
  await title.focus();
  await page.keyboard.press("x");
  await reads(page.locator(".toast p"), "Select task: not possible here.");
  await page.keyboard.press("t");
  await reads(page.locator("#timer-bar"), /second/);
  await title.focus();
  await page.keyboard.press("t");
  await counts(page.locator("#timer-bar *"), 0);
  await title.focus();
  await page.keyboard.press("e");
  await page.waitForURL(`**/task/${card.id}#edit-title`);
  await focused(page.locator("#edit-title"));
});

scene("the timer key on one task never stops another's alone", { as: "someone" }, async ({ page, person }) => {
  const [first] = await person.add("first", "second");
  await person.api("POST", `/tasks/${first.id}/timer/start`);
  for (const path of ["/dashboard", "/dashboard?view=board"]) {
    await page.route("**/timer/*", (route) => route.fulfill({ status: 204 }));
    await page.goto(path);
    await page.getByRole("link", { name: "second", exact: true }).focus();
    const asked = page.waitForRequest("**/timer/*");
    await page.keyboard.press("t");
    assert.match((await asked).url(), /\/timer\/start$/, path);
  }
});

scene("a day's entries are walked through by keys as well", { as: "someone" }, async ({ page, person }) => {
  const tasks = await person.add("one", "two");
  for (const { id } of tasks) await person.api("POST", `/tasks/${id}/time`, { minutes: 5 });
  await page.goto("/day");
  const links = page.locator(".entry a.row-title");
  await page.keyboard.press("j");
  await focused(links.first());
  await page.keyboard.press("j");
  await focused(links.last());
  const name = await links.last().textContent();
  await page.keyboard.press("o");
  await reads(page.locator("h1"), name);
});

scene("on a task's own page the keys mean that task", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("mine");
  await page.goto(`/task/${task.id}`);
  await page.keyboard.press("s");
  await focused(page.locator("#edit-status"));
  await page.locator("h1").click();
  await page.keyboard.press("2");
  await reads(page.locator("#announce"), "Saved.");
  assert.equal((await person.api("GET", `/tasks/${task.id}`)).status, "in_progress");
  // What is not saved yet is not saved along with it.
  await page.getByLabel("Description").fill("half a sentence");
  await page.locator("h1").click();
  await page.keyboard.press("3");
  await focused(page.locator("#edit-status"));
  await holds(page.locator("#edit-status"), "done");
  assert.equal((await person.api("GET", `/tasks/${task.id}`)).status, "in_progress");
});
