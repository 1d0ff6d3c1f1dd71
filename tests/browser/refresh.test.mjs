// A page that is looked at stays true, and never takes anything from under one's hands.
import assert from "node:assert/strict";
import {
  addTask, counts, eventually, focused, holds, lists, mark, person as somebody, reads, rowOf, scene, statusOf, titles, toTheEnd, unmoved,
} from "./support.mjs";

const minute = 60_000;

/** Opens a page whose clock the scene winds, and counts how often the page is asked for again. */
async function wound(page, path) {
  await page.clock.install();
  await page.goto(path);
  await mark(page);
  const asked = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === new URL(page.url()).pathname) asked.push(request);
  });
  return asked;
}

const returns = async (page) => {
  await page.clock.runFor(1500);
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
};

const see = (page, hidden) => page.evaluate((hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}, hidden);

scene("a page asks again when one returns to it, every minute, and not after ten idle ones", { as: "someone" }, async ({ page, person }) => {
  await person.add("first");
  const asked = await wound(page, "/dashboard");
  await lists(page, ["first"]);
  await person.add("second");
  await returns(page);
  await lists(page, ["second", "first"]);
  assert.equal(asked.length, 1);

  await person.add("third");
  await page.clock.runFor(minute);
  await lists(page, ["third", "second", "first"]);
  assert.equal(asked.length, 2);
  for (let passed = 2; passed <= 12; passed++) {
    const answers = page.waitForResponse("**/dashboard", { timeout: 1500 }).catch(() => null);
    await page.clock.runFor(minute);
    await answers;
  }
  const idle = asked.length;
  assert.ok(idle >= 9 && idle <= 11, `${idle} requests in twelve minutes`);

  await person.add("fourth");
  await page.clock.runFor(5 * minute);
  assert.equal(asked.length, idle);
  await page.mouse.move(200, 200);
  await lists(page, ["fourth", "third", "second", "first"]);
  assert.equal(asked.length, idle + 1);
  await unmoved(page);
});

scene("a page that nobody sees asks for nothing until it is seen", { as: "someone" }, async ({ page, person }) => {
  const asked = await wound(page, "/dashboard");
  await see(page, true);
  await person.add("one");
  await page.clock.runFor(3 * minute);
  assert.equal(asked.length, 0);
  await see(page, false);
  await lists(page, ["one"]);
  assert.equal(asked.length, 1);
});

scene("rows come, change and go; those of later pages stay", { as: "someone" }, async ({ page, person }) => {
  const tasks = await person.add(...Array.from({ length: 35 }, (_, index) => `task ${index}`));
  await wound(page, "/dashboard");
  await toTheEnd(page);
  await counts(page.locator(".row"), 35);
  await person.api("DELETE", `/tasks/${tasks[33].id}`);
  await person.api("PATCH", `/tasks/${tasks[20].id}`, { title: "renamed", status: "done" });
  await person.add("newest");
  await returns(page);
  const expected = ["newest", ...tasks.map(({ title }) => title).toReversed()].filter((title) => title !== "task 33");
  await lists(page, expected.map((title) => (title === "task 20" ? "renamed" : title)));
  assert.equal(await statusOf(page, "renamed").getAttribute("title"), "Done");
  assert.equal((await titles(page)).length, 35);
  // What came is as alive as what was there.
  await rowOf(page, "newest").getByLabel("Delete newest").click();
  await eventually(async () => assert.equal((await titles(page)).length, 34));
  await unmoved(page);
});

scene("the last rows go too where there is no later page", { as: "someone" }, async ({ page, person }) => {
  const tasks = await person.add("one", "two", "three");
  await wound(page, "/dashboard");
  await person.api("DELETE", `/tasks/${tasks[0].id}`);
  await returns(page);
  await lists(page, ["three", "two"]);
  for (const task of tasks.slice(1)) await person.api("DELETE", `/tasks/${task.id}`);
  await returns(page);
  await page.getByRole("heading", { name: "No tasks yet" }).waitFor();
});

scene("nothing changes where somebody is at work", { as: "someone" }, async ({ page, person }) => {
  const [focus, open, typed, plain] = await person.add("focus", "open", "typed", "plain");
  await wound(page, "/dashboard");
  await rowOf(page, "typed").getByLabel("Log time on typed").click();
  await rowOf(page, "typed").getByLabel("Time spent today").fill("17");
  await page.keyboard.press("Escape");
  await rowOf(page, "open").locator("summary").first().click();
  await page.getByRole("link", { name: "focus", exact: true }).evaluate((link) => link.focus({ preventScroll: true }));
  await rowOf(page, "open").locator("details").first().evaluate((menu) => { menu.open = true; });
  for (const task of [focus, open, typed, plain]) await person.api("PATCH", `/tasks/${task.id}`, { title: `${task.title}, changed` });
  await returns(page);
  // What has the focus keeps it, changed or not.
  await lists(page, ["plain, changed", "typed", "open", "focus, changed"]);
  await focused(page.getByRole("link", { name: "focus, changed", exact: true }));
  await counts(page.locator("details.menu[open]"), 1);
  await holds(rowOf(page, "typed").getByLabel("Time spent today"), "17");
  await page.locator("h1").click();
  await returns(page);
  await lists(page, ["plain, changed", "typed", "open, changed", "focus, changed"]);
});

scene("the page of a task stays true as well, but for what is being typed", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Old");
  await wound(page, `/task/${task.id}`);
  await person.api("PATCH", `/tasks/${task.id}`, { title: "New" });
  await person.api("POST", `/tasks/${task.id}/time`, { minutes: 15 });
  await returns(page);
  await reads(page.locator("h1"), "New");
  await reads(page.locator("#time-summary p"), "15m logged");
  await holds(page.getByLabel("Title"), "New");
  await page.getByLabel("Description").fill("Half a word");
  await page.locator("h1").click();
  await person.api("PATCH", `/tasks/${task.id}`, { title: "Newer" });
  await returns(page);
  await reads(page.locator("h1"), "Newer");
  await holds(page.getByLabel("Title"), "New");
  await holds(page.getByLabel("Description"), "Half a word");
});

scene("a page that came from the browser's own store is asked for anew", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Old");
  await page.goto("/dashboard");
  const answer = page.waitForResponse(`**/task/${task.id}`);
  await page.getByRole("link", { name: "Old", exact: true }).hover();
  await (await answer).finished();
  await page.getByRole("link", { name: "Old", exact: true }).click();
  await reads(page.locator("h1"), "Old");
  await person.api("PATCH", `/tasks/${task.id}`, { title: "New" });
  await page.evaluate(() => document.body.dispatchEvent(new Event("refresh", { bubbles: true })));
  await reads(page.locator("h1"), "New");
});

scene("a page waits for a write that is under way, and shows what it did", { as: "someone" }, async ({ page, person }) => {
  const asked = await wound(page, "/dashboard");
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route("**/web/tasks", async (route) => {
    await held;
    await route.continue();
  });
  await addTask(page, "mine");
  await page.locator("#quick-add.htmx-request").waitFor();
  await person.add("theirs");
  await returns(page);
  assert.equal(asked.length, 0);
  release();
  await lists(page, ["mine", "theirs"]);
  assert.equal(asked.length, 1);
});

scene("an answer can ask for a refresh", { as: "someone" }, async ({ page, person }) => {
  const asked = await wound(page, "/dashboard");
  await person.add("elsewhere");
  await page.route("**/web/tasks", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "hx-trigger": "refresh" } });
  });
  await addTask(page, "here");
  await lists(page, ["here", "elsewhere"]);
  assert.equal(asked.length, 1);
});

scene("a session that has ended is told, and the page stays", { as: "someone" }, async ({ page, context, person }) => {
  await person.add("still here");
  await wound(page, "/dashboard");
  await page.getByLabel("Title of a new task").fill("a thought");
  await context.clearCookies();
  await returns(page);
  await reads(page.locator(".toast p"), "You're signed out. Your text is kept on this device.");
  await lists(page, ["still here"]);
  await holds(page.getByLabel("Title of a new task"), "a thought");
  assert.match(await page.locator(".toast a").getAttribute("href"), /^\/login\?next=%2Fdashboard$/);
  await returns(page);
  await counts(page.locator(".toast"), 1);
  await unmoved(page);
});

scene("a session of somebody else is told, and the page stays", { as: "someone" }, async ({ page, context }) => {
  await wound(page, "/dashboard");
  await context.addCookies([(await somebody()).cookie]);
  await returns(page);
  await reads(page.locator(".toast p"), "Someone else is signed in now. Your text is kept on this device.");
  await unmoved(page);
});

scene("a row that a refresh has brought does not come twice", { as: "someone" }, async ({ page, person }) => {
  const tasks = await person.add(...Array.from({ length: 33 }, (_, index) => `task ${index}`));
  await page.route("**/web/tasks?**", (route) => route.fulfill({ status: 503, body: "" }), { times: 3 });
  await wound(page, "/dashboard");
  await page.unroute("**/web/tasks?**");
  const foot = page.getByRole("link", { name: "Load more" });
  const first = await foot.getAttribute("hx-get");
  await person.api("DELETE", `/tasks/${tasks[32].id}`);
  await returns(page);
  await eventually(async () => assert.notEqual(await foot.getAttribute("hx-get"), first));
  // Even the older way on brings no row twice.
  await foot.evaluate((link, path) => link.setAttribute("hx-get", path), first);
  await foot.click();
  await lists(page, tasks.slice(0, 32).map(({ title }) => title).toReversed());
});

scene("a row that is being edited stays open", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("one");
  await wound(page, "/dashboard");
  await rowOf(page, "one").getByLabel("Edit one").click();
  await focused(page.locator(".row-edit [name=title]"));
  await page.locator("h1").click();
  await person.api("PATCH", `/tasks/${task.id}`, { title: "changed" });
  await person.add("two");
  await returns(page);
  await rowOf(page, "two").waitFor();
  await counts(page.locator(".row-editing"), 1);
});

scene("Back asks for a page that was fetched in advance anew", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Old");
  await page.goto("/dashboard");
  const answer = page.waitForResponse(`**/task/${task.id}`);
  await page.getByRole("link", { name: "Old", exact: true }).hover();
  await (await answer).finished();
  await page.getByRole("link", { name: "Old", exact: true }).click();
  await reads(page.locator("h1"), "Old");
  await page.goto("/week");
  await person.api("PATCH", `/tasks/${task.id}`, { title: "New" });
  await page.goBack();
  await reads(page.locator("h1"), "New");
});

scene("a page that the browser kept is loaded again when one comes back to it", { as: "someone" }, async ({ page, person }) => {
  await page.goto("/dashboard");
  await mark(page);
  await person.add("Meanwhile");
  // Chromium keeps no page while it is driven from outside: this is what it tells a page that it kept.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await lists(page, ["Meanwhile"]);
  assert.equal(await page.evaluate(() => window.marked), undefined, "the page was loaded again");
});

scene("a refresh that meets a form in use throws nothing, and takes no focus", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Old");
  await page.goto(`/task/${task.id}`);
  await page.locator("#edit-save").focus();
  await person.api("PATCH", `/tasks/${task.id}`, { title: "New" });
  await page.evaluate(() => document.dispatchEvent(new Event("refresh")));
  await reads(page.locator("h1"), "New");
  await holds(page.getByLabel("Title"), "New");
  await focused(page.locator("#edit-save"));
});

scene("time that is logged on a task's page renews the version of its form", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Worked on");
  const version = async () => String((await person.api("GET", `/tasks/${task.id}`)).version);
  const form = page.locator("#edit-version");
  await page.goto(`/task/${task.id}`);
  await page.getByLabel("Description").fill("half a sentence");
  await page.locator("#time-minutes").fill("15");
  await page.locator("#time-log").click();
  await counts(page.locator("#entries > li"), 1);
  await eventually(async () => assert.equal(await form.inputValue(), await version()));
  await page.locator("#timer-start").click();
  await page.locator("#timer-stop").click();
  await counts(page.locator("#entries > li"), 2);
  await eventually(async () => assert.equal(await form.inputValue(), await version()));
  await holds(page.getByLabel("Description"), "half a sentence");
});

scene("a page is fetched once after a timer was started on it", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Timed");
  const asked = [];
  page.on("request", (request) => {
    if (request.resourceType() === "fetch" && new URL(request.url()).pathname === `/task/${task.id}`) asked.push(request);
  });
  await page.goto(`/task/${task.id}`);
  const again = page.waitForResponse((response) => response.request() === asked[0]);
  await page.locator("#timer-start").click();
  await (await again).finished();
  await page.waitForLoadState("networkidle");
  assert.equal(asked.length, 1);
});
