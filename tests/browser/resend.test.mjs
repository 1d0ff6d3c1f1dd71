// A request that does not get through is sent again, under the same key, and nothing is cleared meanwhile.
import assert from "node:assert/strict";
import { addTask, counts, eventually, holds, lists, mark, move, person, reads, rowOf, scene, toTheEnd, unmoved } from "./support.mjs";

const title = (page) => page.getByLabel("Title of a new task");
const note = (page) => page.locator("#quick-add .form-note");
const away = { status: 503, contentType: "application/json", body: '{"message":"Service Unavailable"}' };

/** Answers the first `times` requests to a path as `fail` says, and collects what all of them sent. */
async function failing(page, path, times, fail) {
  const bodies = [];
  await page.route(path, (route) => {
    bodies.push(route.request().postData());
    return bodies.length <= times ? fail(route) : route.continue();
  });
  return bodies;
}

scene("a write is sent again by itself until it gets through, once", { as: "someone" }, async ({ page, troubles }) => {
  await page.goto("/dashboard");
  await mark(page);
  troubles.allow(503);
  troubles.allowNetwork();
  const bodies = await failing(page, "**/web/tasks", 2, (route) =>
    (bodies.length === 1 ? route.fulfill(away) : route.abort("connectionfailed")));
  await addTask(page, "On the train");
  await reads(note(page), "Not saved yet. Retrying…");
  await holds(title(page), "On the train");
  await lists(page, ["On the train"]);
  await reads(note(page), "");
  assert.equal(bodies.length, 3);
  assert.deepEqual([...new Set(bodies)].length, 1, "each time the same");
  await holds(title(page), "");
  await unmoved(page);
});

scene("an answer that was lost is no second task", { as: "someone" }, async ({ page, troubles }) => {
  await page.goto("/dashboard");
  troubles.allowNetwork();
  await failing(page, "**/web/tasks", 1, async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  });
  await addTask(page, "Once");
  await reads(page.locator(".toast p"), /^Task already added/);
  await page.reload();
  await lists(page, ["Once"]);
});

scene("after two more tries it waits for a hand, and nothing is lost", { as: "someone" }, async ({ page, troubles }) => {
  await page.goto("/dashboard");
  await mark(page);
  troubles.allow(503, 3);
  const bodies = await failing(page, "**/web/tasks", 3, (route) => route.fulfill(away));
  await addTask(page, "In a queue");
  await reads(note(page), "Not saved yet. Retry");
  assert.equal(bodies.length, 3);
  await counts(page.locator(".row, .toast"), 0);
  await holds(title(page), "In a queue");
  // What is typed since is another text: what was not sent is sent as it was.
  await title(page).fill("In a queue, second");
  await page.getByRole("button", { name: "Retry" }).click();
  await lists(page, ["In a queue"]);
  assert.equal(new Set(bodies).size, 1);
  await holds(title(page), "In a queue, second");
  await reads(note(page), "");
  await unmoved(page);
});

scene("a save that waits is sent again after a reload, under the same key", { as: "someone" }, async ({ page, troubles }) => {
  await page.goto("/dashboard");
  troubles.allowNetwork();
  troubles.allowNetwork();
  troubles.allowNetwork();
  const bodies = await failing(page, "**/web/tasks", 3, async (route) => {
    if (bodies.length === 1) await route.fetch();
    await route.abort("connectionreset");
  });
  await addTask(page, "Perhaps");
  await page.getByRole("button", { name: "Retry" }).waitFor();
  await page.reload();
  await reads(page.locator(".toast p"), /^Task already added/);
  assert.equal(new Set(bodies).size, 1);
  // What the list has stands in no line that adds it once more.
  await holds(title(page), "");
  await reads(note(page), "");
  assert.ok(await page.evaluate(() => document.activeElement === document.body), "what sends itself takes no focus");
  await page.reload();
  await lists(page, ["Perhaps"]);
});

scene("who asks for patience gets it, or a hand", { as: "someone" }, async ({ page, troubles }) => {
  await page.goto("/dashboard");
  troubles.allow(429, 2);
  const at = [];
  const bodies = await failing(page, "**/web/tasks", 2, (route) => {
    at.push(Date.now());
    return route.fulfill({ ...away, status: 429, headers: { "retry-after": bodies.length === 1 ? "2" : "60" } });
  });
  await addTask(page, "Too fast");
  await page.getByRole("button", { name: "Retry" }).waitFor();
  assert.equal(bodies.length, 2);
  assert.ok(at[1] - at[0] >= 2000, `${at[1] - at[0]} ms between`);
});

scene("what fails in a row says so in a toast, with the way to send it again", { as: "someone" }, async ({ page, person, troubles }) => {
  await person.add("one", "two");
  await page.goto("/dashboard");
  troubles.allow(503, 3);
  await failing(page, "**/delete", 3, (route) => route.fulfill(away));
  await page.getByLabel("Delete one").click();
  await reads(page.locator(".toast p"), "Not saved yet. Retrying…");
  await reads(page.locator(".toast p"), "Couldn't save.");
  await lists(page, ["two", "one"]);
  await page.locator(".toast").getByRole("button", { name: "Retry" }).click();
  await lists(page, ["two"]);
  await reads(page.locator(".toast p"), "Task deleted.");

  troubles.allow(503, 3);
  await failing(page, "**/time", 3, (route) => route.fulfill(away));
  const row = rowOf(page, "two");
  await row.getByLabel("Log time on two").click();
  await row.getByLabel("Time spent today").fill("12");
  await page.keyboard.press("Enter");
  await reads(row.locator(".form-note"), "Not saved yet. Retry");
  await holds(row.getByLabel("Time spent today"), "12");
  await row.getByRole("button", { name: "Retry" }).click();
  await reads(row.locator(".row-time"), "12m logged");
});

scene("more rows are asked for again too", { as: "someone" }, async ({ page, person, troubles }) => {
  await person.add(...Array.from({ length: 31 }, (_, index) => `task ${index}`));
  troubles.allow(503, 2);
  const bodies = await failing(page, "**/web/tasks?**", 2, (route) => route.fulfill(away));
  await page.goto("/dashboard");
  await toTheEnd(page);
  await counts(page.locator(".row"), 31);
  assert.equal(bodies.length, 3);
});

scene("without a network the page says so, and sends when it is back", { as: "someone" }, async ({ page, context, troubles }) => {
  await page.goto("/dashboard");
  await mark(page);
  await context.setOffline(true);
  await reads(page.locator("#offline"), /^You're offline\. Your changes are saved here/);
  troubles.allowNetwork();
  troubles.allowNetwork();
  troubles.allowNetwork();
  await addTask(page, "From the tunnel");
  await page.getByRole("button", { name: "Retry" }).waitFor();
  await holds(title(page), "From the tunnel");
  await context.setOffline(false);
  await reads(page.locator("#offline"), "");
  await lists(page, ["From the tunnel"]);
  await holds(title(page), "");
  await unmoved(page);
});

scene("an error of ours is told with its reference, and the text stays", { as: "someone" }, async ({ page, troubles }) => {
  await page.goto("/dashboard");
  troubles.allow(500);
  const bodies = await failing(page, "**/web/tasks", 1, (route) => route.fulfill({
    status: 500, contentType: "text/html", headers: { "x-request-id": "0190b0a0" }, body: "<hx-partial hx-target=\"#toasts\" hx-swap=\"beforeend\"></hx-partial>",
  }));
  await addTask(page, "Unlucky");
  await reads(note(page), "Not saved yet. Reference: 0190b0a0 Retry");
  assert.equal(bodies.length, 1);
  await page.getByRole("button", { name: "Retry" }).click();
  await lists(page, ["Unlucky"]);
  await eventually(async () => assert.equal(await title(page).inputValue(), ""));
});

scene("the same press once more is another write", { as: "someone" }, async ({ page, person }) => {
  await person.add("one", "two");
  await page.goto("/dashboard");
  const bodies = await failing(page, "**/web/tasks/status", 0);
  for (const title of ["one", "two"]) {
    await page.getByLabel(`Select ${title}`).check();
    await page.locator("#bulk").getByRole("button", { name: "Done" }).click();
    await eventually(async () => assert.equal((await person.api("GET", "/tasks")).find((task) => task.title === title).status, "done"));
  }
  assert.equal(new Set(bodies.map((body) => new URLSearchParams(body).get("key"))).size, 2);
});

scene("a save pressed while another is on its way goes after it", { as: "someone" }, async ({ page, person, troubles }) => {
  const [task] = await person.add("Old");
  await page.goto(`/task/${task.id}`);
  troubles.allow(503);
  const bodies = await failing(page, `**/web/tasks/${task.id}`, 1, (route) => route.fulfill(away));
  await page.getByLabel("Title").fill("First");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("#edit.htmx-request").waitFor();
  await page.getByLabel("Title").fill("Second");
  await page.keyboard.press("Enter");
  await eventually(async () => assert.equal((await person.api("GET", `/tasks/${task.id}`)).title, "Second"));
  assert.deepEqual(bodies.map((body) => new URLSearchParams(body).get("title")), ["First", "First", "Second"]);
});

scene("what is sent again is what was pressed last", { as: "someone" }, async ({ page, troubles }) => {
  await page.goto("/dashboard");
  troubles.allow(500, 2);
  await failing(page, "**/web/tasks", 2, (route) => route.fulfill({ status: 500, body: "" }));
  await addTask(page, "Older");
  await page.getByRole("button", { name: "Retry" }).waitFor();
  await addTask(page, "Newer");
  await eventually(async () => assert.equal(await page.locator("#quick-add.htmx-request").count(), 0));
  await page.getByRole("button", { name: "Retry" }).click();
  await lists(page, ["Newer"]);
});

scene("a move that was not sent is given up when a later one is through", { as: "someone" }, async ({ page, person, troubles }) => {
  await person.add("one");
  await page.goto("/dashboard");
  troubles.allow(500);
  await failing(page, "**/status", 1, (route) => route.fulfill({ status: 500, body: "" }));
  await move(page, "one", "Done");
  await page.locator(".toast").getByRole("button", { name: "Retry" }).waitFor();
  await move(page, "one", "In progress");
  await counts(page.locator(".toast"), 0);
});

scene("every write says whose page it is of", { as: "someone" }, async ({ page }) => {
  await page.goto("/dashboard");
  const request = page.waitForRequest("**/web/tasks");
  await addTask(page, "Mine");
  assert.equal((await request).headers()["x-page-user"], await page.locator("body").getAttribute("data-user"));
  await lists(page, ["Mine"]);
});

scene("a page of before writes in nobody's name", { as: "someone" }, async ({ page, context, troubles }) => {
  await page.goto("/dashboard");
  const other = await person();
  await context.addCookies([other.cookie]);
  troubles.allow(401);
  await addTask(page, "Mine alone");
  await reads(page.locator(".toast p"), "You're signed out. Your text is kept on this device.");
  await holds(title(page), "Mine alone");
  assert.deepEqual(await other.api("GET", "/tasks"), []);
});
