// Every action and one's own tasks by a few letters, a task from anywhere, and the sheet of keys.
import assert from "node:assert/strict";
import { counts, eventually, focused, holds, lists, mark, reads, scene, unmoved } from "./support.mjs";

const palette = (page) => page.locator("#palette");
const field = (page) => page.getByRole("combobox", { name: "Search actions and tasks" });
const chosen = (page) => palette(page).locator("[aria-selected=true]");

scene("the palette leads to every page", { as: "someone" }, async ({ page }) => {
  await page.goto("/account");
  for (const [words, path] of [["tasks", "/dashboard"], ["board", "/dashboard?view=board"], ["week", "/week"], ["go trash", "/trash"], ["account", "/account"]]) {
    await page.keyboard.press("Control+k");
    await focused(field(page));
    await page.keyboard.type(words);
    await reads(chosen(page), /^Go to /);
    assert.equal(await chosen(page).getAttribute("id"), await field(page).getAttribute("aria-activedescendant"));
    await page.keyboard.press("Enter");
    await page.waitForURL(`**${path}`);
  }
});

scene("the palette walks with arrows, and closes without a trace", { as: "someone" }, async ({ page }) => {
  await page.goto("/dashboard");
  await page.getByLabel("Title of a new task").fill("Half");
  // It opens from within a field too, and gives the focus back.
  await page.keyboard.press("Control+k");
  await reads(chosen(page), "New task");
  await page.keyboard.press("ArrowUp");
  await reads(chosen(page), "Sign out");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await reads(chosen(page), "Go to Tasks");
  await counts(chosen(page), 1);
  await page.keyboard.type("zzz");
  await reads(page.locator("#palette-note"), "No results.");
  await page.keyboard.press("Escape");
  await counts(page.locator("dialog[open]"), 0);
  await focused(page.getByLabel("Title of a new task"));
  await holds(page.getByLabel("Title of a new task"), "Half");
  await page.keyboard.press("Control+k");
  await holds(field(page), "");
  await page.keyboard.press("Control+k");
  await counts(page.locator("dialog[open]"), 0);
});

scene("the palette finds one's own tasks, waits visibly and says when it cannot", { as: "someone" }, async ({ page, person, troubles }) => {
  const [task] = await person.add("Write the report", "Read the papers");
  await page.goto("/week");
  const urls = [];
  let held = Promise.resolve();
  await page.route("**/web/find?**", async (route) => {
    urls.push(new URL(route.request().url()).searchParams.get("q"));
    await held;
    await route.continue();
  });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("report");
  await reads(palette(page).locator("#palette-found"), "Write the report");
  assert.equal(urls.at(-1), "report");
  assert.ok(urls.length < 6, `it asks when the typing rests, not at each letter: ${urls}`);

  let release;
  held = new Promise((resolve) => { release = resolve; });
  await field(page).fill("papers");
  await counts(palette(page).locator(".skeleton"), 3);
  release();
  await reads(palette(page).locator("#palette-found"), "Read the papers");
  await counts(palette(page).locator(".skeleton"), 0);

  await page.unroute("**/web/find?**");
  await page.route("**/web/find?**", (route) => route.fulfill({ status: 503, body: "" }), { times: 1 });
  troubles.allow(503);
  await field(page).fill("report");
  await reads(page.locator("#palette-note"), "Couldn't search your tasks. Try again");
  await page.getByRole("button", { name: "Try again" }).click();
  await focused(field(page));
  await reads(chosen(page), "Write the report");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/task/${task.id}`);
});

scene("an answer that comes late does not replace a later one", { as: "someone" }, async ({ page, person }) => {
  await person.add("alpha", "beta");
  await page.goto("/week");
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route("**/web/find?q=alpha", async (route) => {
    await held;
    await route.continue();
  });
  await page.keyboard.press("Control+k");
  const late = page.waitForRequest("**/web/find?q=alpha");
  await field(page).fill("alpha");
  await late;
  await field(page).fill("beta");
  await reads(page.locator("#palette-found"), "beta");
  const answer = page.waitForResponse("**/web/find?q=alpha");
  release();
  await (await answer).finished();
  await reads(page.locator("#palette-found"), "beta");
});

scene("a task is added from anywhere", { as: "someone" }, async ({ page, troubles }) => {
  await page.goto("/week");
  await mark(page);
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "New task" });
  await focused(dialog.getByLabel("Title of a new task"));
  await page.keyboard.type("From the week");
  await page.keyboard.press("Enter");
  await reads(page.locator(".toast p"), "Task added to To do.");
  await counts(page.locator("dialog[open]"), 0);
  // What is begun here goes on where the line is.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("new task");
  await page.keyboard.press("Enter");
  await holds(dialog.getByLabel("Title of a new task"), "");
  await page.keyboard.type("Half a thought");
  await page.keyboard.press("Escape");
  await counts(page.locator("dialog[open]"), 0);
  await page.keyboard.press("n");
  await holds(dialog.getByLabel("Title of a new task"), "Half a thought");
  await unmoved(page);

  await dialog.getByText("Details", { exact: true }).click();
  await dialog.getByLabel("Estimate").fill("soon");
  troubles.allow(422);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await reads(dialog.locator("#add-estimate-error"), "Enter a time like 90, 1h30 or 1:30.");
  await counts(page.locator("dialog[open]"), 1);
  await page.goto("/dashboard");
  await holds(page.getByLabel("Title of a new task"), "Half a thought");
  await holds(page.getByLabel("Estimate"), "soon");
  await lists(page, ["From the week"]);
});

scene("signing out from the palette asks as everywhere", { as: "someone" }, async ({ page }) => {
  await page.goto("/dashboard");
  await page.getByLabel("Title of a new task").fill("Not yet");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("sign out");
  await page.keyboard.press("Enter");
  await reads(page.locator("#leaving li"), "New task: Not yet");
  await page.keyboard.press("Escape");
  await page.getByLabel("Title of a new task").fill("");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("sign out");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/login**");
});

scene("the sheet shows every key, and closes", { as: "someone" }, async ({ page }) => {
  await page.goto("/trash");
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await sheet.waitFor();
  const keys = await sheet.locator("dt").allTextContents();
  assert.deepEqual(keys.slice(0, 15), ["N", "/", "J", "K", "O", "E", "S", "1", "2", "3", "L", "T", "X", "B", "?"]);
  await counts(sheet.locator("dd"), keys.length);
  // Keys do nothing under it.
  await page.keyboard.press("b");
  await eventually(async () => assert.ok(page.url().endsWith("/trash")));
  await sheet.getByRole("button", { name: "Close" }).click();
  await counts(page.locator("dialog[open]"), 0);
});

scene("without script nothing leads to a dialog", { as: "someone", script: false }, async ({ page }) => {
  await page.goto("/week");
  await counts(page.locator("dialog:visible"), 0);
});

scene("what is chosen belongs to what is typed", { as: "someone" }, async ({ page, person }) => {
  const [, beta] = await person.add("xx alpha", "xx beta");
  await page.goto("/week");
  await page.keyboard.press("Control+k");
  await field(page).fill("xx alpha");
  await reads(chosen(page), "xx alpha");
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route("**/web/find?**", async (route) => {
    await held;
    await route.continue();
  });
  await field(page).fill("xx beta");
  await counts(chosen(page), 0);
  await page.keyboard.press("Enter");
  release();
  await page.waitForURL(`**/task/${beta.id}`);
});

scene("a failure is told above a dialog in which one types", { as: "someone" }, async ({ page }) => {
  await page.goto("/week");
  await page.keyboard.press("n");
  const title = page.getByLabel("Title of a new task");
  await title.fill("Half a thought");
  await page.evaluate(() => document.body.dispatchEvent(new Event("htmx:error", { bubbles: true })));
  await reads(page.locator("dialog[open] .toast p"), /^Something went wrong/);
  await focused(title);
  await page.locator(".toast").getByLabel("Dismiss").click();
  await counts(page.locator(".toast"), 0);
  await page.keyboard.press("Escape");
  await counts(page.locator("dialog[open]"), 0);
});
