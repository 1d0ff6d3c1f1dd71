// Fast hands: single keys on rows, moves that show at once, edits in place, rows that come by themselves.
import assert from "node:assert/strict";
import { addTask, counts, eventually, focused, holds, lists, mark, reads, rowOf, scene, statusOf, titles, unmoved } from "./support.mjs";

const link = (page, title) => page.getByRole("link", { name: title, exact: true });
const away = { status: 503, contentType: "application/json", body: '{"message":"Service Unavailable"}' };
const isIn = (page, title, status) => eventually(async () => assert.equal(await statusOf(page, title).getAttribute("title"), status));

/** Holds back the answers to a path until it is released. */
async function hold(page, path) {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route(path, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

scene("a day by single keys", { as: "someone" }, async ({ page, person }) => {
  const [one] = await person.add("one", "two", "three");
  await page.goto("/dashboard");
  await mark(page);
  await page.keyboard.press("j");
  await focused(link(page, "three"));
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await focused(link(page, "one"));
  await page.keyboard.press("j");
  await focused(link(page, "one"));
  await page.keyboard.press("k");
  await focused(link(page, "two"));

  await page.keyboard.press("2");
  await isIn(page, "two", "In progress");
  await focused(link(page, "two"));
  await page.keyboard.press("s");
  await focused(rowOf(page, "two").getByRole("button", { name: "To do", exact: true }));
  await page.keyboard.press("Escape");
  await focused(statusOf(page, "two"));

  // Two keystrokes log the half hour that the form suggests.
  await page.keyboard.press("l");
  await focused(rowOf(page, "two").getByLabel("Time spent today"));
  await page.keyboard.press("Enter");
  await reads(rowOf(page, "two").locator(".row-time"), "30m logged");
  await focused(page.getByLabel("Log time on two"));
  await counts(rowOf(page, "two").locator("details[open]"), 0);
  // What is typed instead replaces it.
  await page.keyboard.press("l");
  await focused(rowOf(page, "two").getByLabel("Time spent today"));
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  await reads(rowOf(page, "two").locator(".row-time"), "35m logged");

  await page.keyboard.press("x");
  await eventually(async () => assert.ok(await rowOf(page, "two").locator(".row-check").isChecked()));
  await page.keyboard.press("/");
  await focused(page.locator("#filter"));
  await page.keyboard.type("words");
  await page.keyboard.press("Escape");
  await holds(page.locator("#filter"), "words");
  await page.keyboard.press("n");
  await focused(page.getByLabel("Title of a new task"));
  await unmoved(page);

  await link(page, "one").focus();
  await page.keyboard.press("o");
  await page.waitForURL(`**/task/${one.id}`);
  await page.keyboard.press("l");
  await focused(page.getByLabel("Time spent", { exact: true }));
  await page.locator("h1").click();
  await page.keyboard.press("e");
  await focused(page.getByLabel("Title", { exact: true }));
  await page.locator("h1").click();
  await page.keyboard.press("b");
  await page.waitForURL("**/dashboard?view=board");
  await page.keyboard.press("b");
  await page.waitForURL("**/dashboard");
});

scene("no key acts while one types, with a modifier, or when they are turned off", { as: "someone" }, async ({ page, person }) => {
  await person.add("one");
  await page.goto("/dashboard");
  await page.getByLabel("Title of a new task").pressSequentially("bjx3?");
  await holds(page.getByLabel("Title of a new task"), "bjx3?");
  await link(page, "one").focus();
  await page.keyboard.press("Control+3");
  await page.keyboard.press("Alt+b");
  await isIn(page, "one", "To do");
  await page.goto("/account");
  await page.getByLabel("Single-key shortcuts (this device)").uncheck();
  await page.goto("/dashboard");
  await link(page, "one").focus();
  for (const key of ["3", "x", "b", "?", "j", "/"]) await page.keyboard.press(key);
  await isIn(page, "one", "To do");
  await focused(link(page, "one"));
  await counts(page.locator("dialog[open]"), 0);
  // The palette is no single key.
  await page.keyboard.press("Control+k");
  await counts(page.locator("dialog[open]"), 1);
});

scene("a move shows at once, and goes back if it does not get through", { as: "someone" }, async ({ page, person, troubles }) => {
  await person.add("one", "two");
  await page.goto("/dashboard");
  await mark(page);
  const release = await hold(page, "**/status");
  await link(page, "one").focus();
  await page.keyboard.press("3");
  await isIn(page, "one", "Done");
  assert.match(await statusOf(page, "one").getAttribute("aria-label"), /^Done: /);
  await counts(rowOf(page, "one").locator("summary .status-done"), 1);
  // Another press while it is under way is kept, and only the last.
  await page.keyboard.press("1");
  await page.keyboard.press("2");
  release();
  await isIn(page, "one", "In progress");
  await eventually(async () => assert.equal((await person.api("GET", "/tasks")).find(({ title }) => title === "one").status, "in_progress"));
  await focused(link(page, "one"));
  await page.unroute("**/status");

  troubles.allow(503, 3);
  await page.route("**/status", (route) => route.fulfill(away), { times: 3 });
  await link(page, "two").focus();
  await page.keyboard.press("3");
  await isIn(page, "two", "Done");
  await isIn(page, "two", "To do");
  await reads(page.locator("#announce"), "Not moved: it is still in To do.");
  await reads(page.locator(".toast p"), "Couldn't save.");
  await page.getByRole("button", { name: "Retry" }).click();
  await isIn(page, "two", "Done");
  await counts(page.locator(".toast"), 0);
  await unmoved(page);
});

scene("a row is changed in place, and Escape loses nothing", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Old title");
  await page.goto("/dashboard");
  await mark(page);
  await link(page, "Old title").focus();
  await page.keyboard.press("e");
  const title = page.locator(".row-edit").getByLabel("Title");
  await focused(title);
  await title.fill("Half of a new");
  await page.keyboard.press("Escape");
  await lists(page, ["Old title"]);
  await focused(link(page, "Old title"));
  await page.keyboard.press("e");
  await holds(title, "Half of a new");
  await reads(page.locator(".row-edit .form-note"), /^Draft from \d\d:\d\d restored\. Discard$/);
  await title.fill("New title");
  await page.keyboard.press("Enter");
  await lists(page, ["New title"]);
  await focused(link(page, "New title"));
  assert.equal((await person.api("GET", `/tasks/${task.id}`)).title, "New title");
  await page.reload();
  await link(page, "New title").focus();
  await page.keyboard.press("e");
  await holds(title, "New title");
  await reads(page.locator(".row-edit .form-note"), "");
});

scene("several rows move at once, fifty at most", { as: "someone" }, async ({ page, person }) => {
  await person.add(...Array.from({ length: 52 }, (_, index) => `task ${index}`));
  await page.goto("/dashboard");
  await page.locator(".list-foot").scrollIntoViewIfNeeded();
  await counts(page.locator(".row"), 52);
  const boxes = page.locator(".row-check");
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await reads(page.locator("#bulk [data-count]"), "Move 2 to");
  for (let index = 2; index < 50; index++) await boxes.nth(index).evaluate((box) => box.click());
  await reads(page.locator("#bulk [data-count]"), "Move 50 to");
  await boxes.nth(50).evaluate((box) => box.click());
  await counts(page.locator(".row-check:checked"), 50);
  await reads(page.locator("#announce"), "You can move up to 50 at once.");
  await page.locator("#bulk").getByRole("button", { name: "Done", exact: true }).click();
  await counts(page.locator(".row-done"), 50);
  await counts(page.locator("#bulk:visible"), 0);
});

scene("the list goes on by itself and keeps one's place", { as: "someone" }, async ({ page, person }) => {
  await person.add(...Array.from({ length: 65 }, (_, index) => `task ${index}`));
  await page.goto("/dashboard");
  await counts(page.locator(".row"), 30);
  await page.locator(".row").nth(29).scrollIntoViewIfNeeded();
  const before = await page.locator(".row").nth(25).boundingBox();
  await counts(page.locator(".row"), 60);
  assert.deepEqual(await page.locator(".row").nth(25).boundingBox(), before);
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true, "it takes the focus from nothing");
  await page.locator(".row").nth(59).scrollIntoViewIfNeeded();
  await counts(page.locator(".row"), 65);
  assert.equal(new Set(await titles(page)).size, 65);
});

scene("when the rest of the list does not come, the button stays", { as: "someone" }, async ({ page, person, troubles }) => {
  await person.add(...Array.from({ length: 31 }, (_, index) => `task ${index}`));
  troubles.allow(503, 3);
  await page.route("**/web/tasks?**", (route) => route.fulfill(away), { times: 3 });
  await page.goto("/dashboard");
  await page.locator(".list-foot").scrollIntoViewIfNeeded();
  await reads(page.locator(".toast p"), 'Couldn\'t load. Press "Load more" to try again.');
  await counts(page.locator(".row"), 30);
  await link(page, "Load more").click();
  await counts(page.locator(".row"), 31);
});

scene("a page is fetched when one dwells on its link, once, and again after a write", { as: "someone" }, async ({ page, person, context }) => {
  const [task] = await person.add("one", "two");
  await page.goto("/dashboard");
  const fetched = [];
  let come = 0;
  const inAdvance = (request) => request.headers().purpose === "prefetch";
  page.on("request", (request) => {
    if (inAdvance(request)) fetched.push(new URL(request.url()).pathname);
  });
  page.on("requestfinished", (request) => { if (inAdvance(request)) come += 1; });
  const row = link(page, "one");
  await row.hover();
  await eventually(() => assert.deepEqual(fetched, [`/task/${task.id}`]));
  await page.mouse.move(0, 0);
  const again = page.waitForRequest(`**/task/${task.id}`, { timeout: 600 }).catch(() => null);
  await row.hover();
  assert.equal(await again, null, "the browser still has it");
  await addTask(page, "three");
  await lists(page, ["three", "two", "one"]);
  await eventually(() => assert.equal(fetched.length, 2));

  // Who follows the link has the page already, as it is after the write.
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  const pages = [];
  devtools.on("Network.responseReceived", ({ type, response }) => {
    if (type === "Document") pages.push(response.fromDiskCache);
  });
  await page.mouse.move(0, 0);
  await link(page, "three").focus();
  await Promise.all([page.waitForResponse(/\/status$/), page.keyboard.press("2")]);
  const ofOne = () => fetched.filter((path) => path === `/task/${task.id}`).length;
  await eventually(() => assert.deepEqual([ofOne(), come], [3, fetched.length]));
  await row.click();
  await page.waitForURL(`**/task/${task.id}`);
  assert.deepEqual(pages, [true]);
});

scene("the timer starts and stops by a key, and counts on", { as: "someone" }, async ({ page, person }) => {
  await person.add("one", "two");
  await page.clock.install();
  await page.goto("/dashboard");
  await mark(page);
  const bar = page.locator("#timer-bar");
  await link(page, "one").focus();
  await page.keyboard.press("t");
  await reads(bar.locator("a"), /one$/);
  await bar.locator("time").evaluate((time) => {
    time.dataset.since = new Date(Date.parse(time.dataset.since) - 61 * 60_000).toISOString();
  });
  await page.clock.runFor(6_000);
  await reads(bar.locator("time"), "1h 1m");
  await link(page, "one").focus();
  await page.keyboard.press("t");
  await reads(bar, "");
  await reads(rowOf(page, "one").locator(".row-time"), /logged$/);
  await unmoved(page);
});

scene("a key that is held down acts once, and types nothing into what it opens", { as: "someone" }, async ({ page, person }) => {
  await person.add("one", "two");
  await page.goto("/dashboard");
  await link(page, "two").focus();
  for (let times = 0; times < 4; times++) await page.keyboard.down("x");
  await page.keyboard.up("x");
  assert.ok(await rowOf(page, "two").locator(".row-check").isChecked());
  for (let times = 0; times < 3; times++) await page.keyboard.down("n");
  await page.keyboard.up("n");
  await focused(page.getByLabel("Title of a new task"));
  await page.keyboard.type("n");
  await holds(page.getByLabel("Title of a new task"), "n");
});
