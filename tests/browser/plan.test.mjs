// Suggestions: the plan of the day on the dashboard, and drafts beside a description.
import assert from "node:assert/strict";
import { looks, views } from "./axe.mjs";
import { counts, eventually, focused, holds, mark, reads, scene, unmoved } from "./support.mjs";

const plan = (page) => page.locator("#plan");
const blocks = (page) => plan(page).locator(".plan-block:not(details *) a");
const make = (page) => page.locator("#plan-button");

/** Moves the person to where it is past one in the morning: a whole working day is ahead, whatever the clock shows here. */
async function inTheMorning(person) {
  const hour = new Date().getUTCHours();
  const west = hour > 13 ? hour - 25 : hour - 1;
  await person.api("PATCH", "/auth/me", { time_zone: `Etc/GMT${west < 0 ? "" : "+"}${west}` });
}

/** Holds back the answers to a path until it is released. */
async function hold(page, path) {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route(path, async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  return release;
}

scene("a day is planned, begun from the plan, and planned again", { as: "someone" }, async ({ page, person }) => {
  await inTheMorning(person);
  await person.add(
    { title: "Large", estimate_minutes: 900 },
    { title: "Begun", status: "in_progress", estimate_minutes: 60 },
    { title: "Overdue", due_on: "2024-02-29", estimate_minutes: 30 },
  );
  await page.goto("/dashboard");
  await mark(page);
  await make(page).focus();
  await page.keyboard.press("Enter");
  await eventually(async () => assert.deepEqual(await blocks(page).allTextContents(), ["Overdue", "Begun", "Large"]));
  await focused(make(page));
  await reads(make(page), "Refresh");
  await reads(plan(page).locator(".plan-hours"), "8h day · 8h planned · 0m free");
  await reads(plan(page).locator(".plan-foot"), /^Planned \d+:\d\d$/);
  await reads(plan(page).locator("summary"), "Won't fit today (8h 30m)");
  await plan(page).getByRole("button", { name: "Start timer on Begun, as planned" }).click();
  await reads(page.locator("#timer-bar a"), /Begun/);
  await unmoved(page);

  await person.add("Meanwhile");
  await page.goto("/dashboard?view=board");
  await counts(plan(page), 0);
  await page.goto("/dashboard");
  await reads(plan(page).locator(".plan-foot"), /1 change since/);
  await make(page).click();
  await reads(plan(page).locator(".plan-foot"), /^((?!since).)*$/);
  await blocks(page).first().click();
  await page.waitForURL("**/task/*");
  await reads(page.locator("h1"), "Overdue");
});

scene("lines of a plan are ticked off and put off, and it follows the list", { as: "someone" }, async ({ page, person }) => {
  await inTheMorning(person);
  await person.add("first", "second", "third");
  await page.goto("/dashboard");
  await make(page).click();
  await counts(blocks(page), 3);
  await mark(page);
  await plan(page).getByRole("button", { name: "Mark first done" }).click();
  await reads(plan(page).locator(".plan-done .hint"), "done");
  await plan(page).getByRole("button", { name: "Not today: second" }).click();
  await reads(plan(page).locator("#plan-put-off summary"), "Not today (1)");
  await counts(blocks(page), 2);
  // What is done elsewhere on the page is done in the plan.
  const [third] = (await person.api("GET", "/tasks")).filter((task) => task.title === "third");
  await page.evaluate(async (id) => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ key: crypto.randomUUID(), view: "all", status: "done" })) form.append(name, value);
    await globalThis.htmx.ajax("POST", `/web/tasks/${id}/status`, { values: Object.fromEntries(form), swap: "none" });
  }, third.id);
  await counts(plan(page).locator(".plan-done"), 2);
  await unmoved(page);
});

scene("whoever does not want to wait for a plan cancels it", { as: "someone" }, async ({ page, person, troubles }) => {
  await inTheMorning(person);
  await person.add("one");
  await page.goto("/dashboard");
  const release = await hold(page, "**/web/ai/plan");
  await make(page).click();
  const cancel = plan(page).getByRole("button", { name: "Cancel" });
  await reads(plan(page).locator(".waiting-text"), "Planning…");
  troubles.allowNetwork();
  await cancel.click();
  await counts(page.locator(".htmx-request"), 0);
  await focused(make(page));
  await reads(page.locator("#announce"), "Cancelled.");
  await counts(page.locator(".toast"), 0);
  release();
  await page.unroute("**/web/ai/plan");
  await make(page).click();
  await eventually(async () => assert.deepEqual(await blocks(page).allTextContents(), ["one"]));
});

scene("a plan that does not get through is asked for again by hand", { as: "someone" }, async ({ page, person, troubles }) => {
  await inTheMorning(person);
  await person.add("one");
  await page.goto("/dashboard");
  troubles.allow(503, 3);
  await page.route("**/web/ai/plan", (route) => route.fulfill({ status: 503, contentType: "application/json", body: "{}" }), { times: 3 });
  await make(page).click();
  await page.locator(".toast").getByRole("button", { name: "Retry" }).click();
  await eventually(async () => assert.deepEqual(await blocks(page).allTextContents(), ["one"]));
  await counts(page.locator(".toast"), 0);
});

scene("a draft is taken behind what was typed, or dropped", { as: "someone" }, async ({ page, person, troubles }) => {
  await page.goto("/dashboard");
  await mark(page);
  await page.getByText("Details", { exact: true }).click();
  const description = page.getByLabel("Description");
  await description.fill("Mine");
  const draft = page.locator("#add-draft");
  troubles.allow(422);
  await draft.click();
  await reads(page.locator("#add-suggested .error"), "Enter a title.");
  await page.getByLabel("Title of a new task").fill("Create feature flags");
  await draft.click();
  const box = page.locator("#add-suggested .suggested");
  await reads(box.locator(".suggested-text"), /^For whom: /);
  await holds(description, "Mine");
  await box.getByRole("button", { name: "Discard" }).click();
  await counts(box, 0);
  await focused(draft);
  await page.keyboard.press("Enter");
  await box.getByRole("button", { name: "Insert" }).press("Enter");
  await focused(description);
  await holds(description, /^Mine\n\nFor whom: .*\n\nWhat changes: Create feature flags\.\n/);
  await page.reload();
  // What was taken is what was typed: it is kept.
  await holds(page.getByLabel("Description"), /^Mine\n\nFor whom: /);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await eventually(async () => assert.match((await person.api("GET", "/tasks"))[0]?.description ?? "", /^Mine\n\nFor whom: [^\n]*\n\nWhat changes: Create feature flags\.\n/));
});

scene("a draft for a task that is there stands beside its description", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Fix the login");
  await page.goto(`/task/${task.id}`);
  await page.locator("#edit-draft").click();
  await page.locator("#edit-suggested .suggested").waitFor();
  // What was not taken yet stays, also where the page is brought up to date.
  await person.api("PATCH", `/tasks/${task.id}`, { estimate_minutes: 45 });
  const asked = page.waitForResponse(`**/task/${task.id}`);
  await page.evaluate(() => document.dispatchEvent(new Event("refresh")));
  await (await asked).finished();
  await page.locator("#edit-suggested").getByRole("button", { name: "Insert" }).click();
  await page.locator("#edit-save").click();
  await reads(page.locator("#announce"), "Saved.");
  assert.match((await person.api("GET", `/tasks/${task.id}`)).description, /^What happens: /);
});

scene("plan and drafts work without script", { as: "someone", script: false }, async ({ page, person }) => {
  await inTheMorning(person);
  const [task] = await person.add("Fix the login");
  await page.goto("/dashboard");
  await make(page).click();
  await page.waitForURL("**/dashboard");
  assert.deepEqual(await blocks(page).allTextContents(), ["Fix the login"]);
  await page.getByText("Details", { exact: true }).click();
  await page.getByLabel("Title of a new task").fill("Create feature flags");
  await page.getByLabel("Description").fill("Mine");
  await page.getByLabel("Due").fill("2030-01-02");
  await page.locator("#add-draft").click();
  await holds(page.getByLabel("Description"), /^Mine\n\nFor whom: /);
  await page.getByRole("button", { name: "Add task" }).click();
  await page.waitForURL("**/dashboard**");
  const [added] = await person.api("GET", "/tasks");
  assert.deepEqual([added.title, added.due_on], ["Create feature flags", "2030-01-02"]);
  assert.match(added.description, /^Mine\n\nFor whom: /);

  await page.goto(`/task/${task.id}`);
  await page.locator("#edit-draft").click();
  await page.getByRole("button", { name: "Discard" }).click();
  await holds(page.getByLabel("Description"), "");
  await page.getByLabel("Description").fill("Only this");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(`**/task/${task.id}**`);
  assert.equal((await person.api("GET", `/tasks/${task.id}`)).description, "Only this");
});

for (const { scheme, width } of views(320, 1280)) {
  scene(`suggestions look right, ${scheme}, ${width} px`, { as: "someone", scheme, width, touch: width < 600 }, async ({ page, person }) => {
    await inTheMorning(person);
    const long = "A title that goes on with Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenantragsformular until it must break";
    const [task] = await person.add({ title: long, estimate_minutes: 900 }, { title: "used up", estimate_minutes: 5, total_minutes: 60 });
    await page.goto("/dashboard");
    await make(page).click();
    await counts(blocks(page), 1);
    for (const part of ["#plan-out", "#plan-used-up"]) await page.locator(`${part} summary`).click();
    await looks(page, "a plan");
    const shares = await page.locator(".plan-block").evaluateAll((lines) =>
      lines.map((line) => line.querySelector(".plan-task").clientWidth / line.clientWidth));
    assert.ok(shares.every((share) => share > 0.4), `what a line is about has room: ${shares}`);
    await person.api("POST", `/tasks/${task.id}/status`, { status: "done" });
    await page.goto("/dashboard");
    await looks(page, "a plan that was overtaken");
    await page.goto(`/task/${task.id}`);
    await page.locator("#edit-draft").click();
    await page.locator(".suggested").waitFor();
    await looks(page, "a draft");
  });
}
