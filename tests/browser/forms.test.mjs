// What is wrong with a form is said where it is, and nothing that was typed is lost.
import assert from "node:assert/strict";
import { addTask, base, counts, device, eventually, focused, holds, lists, mark, reads, rowOf, scene, unmoved } from "./support.mjs";

scene("a sign-up says what is wrong beside each field, and keeps all but the password", {}, async ({ page, troubles }) => {
  await page.goto("/signup");
  await page.getByLabel("Username").fill("a b");
  await page.getByRole("textbox", { name: "Password", exact: true }).fill("short");
  troubles.allow(422);
  await page.getByRole("button", { name: "Create account" }).click();
  await focused(page.locator(".alert"));
  await counts(page.locator(".alert li"), 2);
  await reads(page.locator("#signup-username-error"), "Use only letters (a to z), digits, dots, dashes and underscores.");
  await reads(page.locator("#signup-password-error"), "Use 8 to 128 characters (now 5).");
  await holds(page.getByLabel("Username"), "a b");
  await holds(page.getByRole("textbox", { name: "Password", exact: true }), "");
  assert.equal(await page.getByLabel("Username").getAttribute("aria-invalid"), "true");
  await page.locator(".alert a").nth(1).click();
  await focused(page.getByRole("textbox", { name: "Password", exact: true }));
});

scene("a name that is taken is told beside the name", { as: "someone" }, async ({ person, troubles }) => {
  await device(troubles, async (page) => {
    await page.goto("/signup");
    await page.getByLabel("Username").fill(person.username.toUpperCase());
    await page.getByRole("textbox", { name: "Password", exact: true }).fill("walnut-orbit-candle-9");
    troubles.allow(409);
    await page.getByRole("button", { name: "Create account" }).click();
    await reads(page.locator("#signup-username-error"), "This username is taken.");
    await focused(page.getByLabel("Username"));
    await counts(page.locator(".alert"), 0);
    await holds(page.getByLabel("Username"), person.username.toUpperCase());
  });
});

scene("a wrong sign-in says so, keeps the name and takes the focus", { as: "someone" }, async ({ page, context, person, troubles }) => {
  await context.clearCookies();
  await page.goto("/login?next=%2Faccount");
  await page.getByLabel("Username").fill(person.username);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill("wrong");
  troubles.allow(401);
  await page.getByRole("button", { name: "Sign in" }).click();
  await reads(page.locator(".alert"), "Wrong username or password.");
  await focused(page.locator(".alert"));
  await holds(page.getByLabel("Username"), person.username);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(person.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/account");
});

scene("the line that adds a task refuses what is no task, in place", { as: "someone" }, async ({ page, troubles }) => {
  await page.goto("/dashboard");
  await mark(page);
  const title = page.getByLabel("Title of a new task");
  await page.getByText("Details", { exact: true }).click();
  await page.getByLabel("Description").fill("Words that took a while");
  await page.getByLabel("Estimate").fill("soon");
  troubles.allow(422);
  await addTask(page, "x".repeat(201));
  await focused(page.locator("#quick-add .alert"));
  await reads(page.locator("#quick-add .alert p"), "Fix 2 fields to continue");
  await reads(page.locator("#add-title-error"), "Keep the title under 200 characters (now 201).");
  await reads(page.locator("#add-estimate-error"), "Enter a time like 90, 1h30 or 1:30.");
  await holds(title, "x".repeat(201));
  await holds(page.getByLabel("Description"), "Words that took a while");
  await holds(page.getByLabel("Estimate"), "soon");

  troubles.allow(422);
  await page.getByLabel("Estimate").fill("15");
  await addTask(page, "   ");
  await reads(page.locator("#add-title-error"), "Enter a title.");
  await counts(page.locator("#quick-add .error"), 1);
  await counts(page.locator("#quick-add .alert"), 0);
  await focused(title);
  await addTask(page, "Good");
  await lists(page, ["Good"]);
  await counts(page.locator("#quick-add .alert"), 0);
  await counts(page.locator("#quick-add .error"), 0);
  await holds(page.getByLabel("Description"), "");
  await unmoved(page);
});

scene("minutes that are none are refused in the row, which stays open", { as: "someone" }, async ({ page, person, troubles }) => {
  await person.add("one");
  await page.goto("/dashboard");
  await mark(page);
  const row = rowOf(page, "one");
  await row.getByLabel("Log time on one").click();
  for (const [wrong, why] of [["1441", "Enter between 1 min and 24 h."], ["a while", "Enter a time like 90, 1h30 or 1:30."], ["0", "Enter between 1 min and 24 h."]]) {
    troubles.allow(422);
    await row.getByLabel("Time spent today").fill(wrong);
    await Promise.all([page.waitForResponse("**/time"), row.getByRole("button", { name: "Log", exact: true }).click()]);
    await counts(page.locator(".htmx-request"), 0);
    await reads(row.locator(".error"), why);
    await eventually(async () => assert.equal(await row.getByLabel("Time spent today").getAttribute("aria-invalid"), "true"));
    await holds(row.getByLabel("Time spent today"), wrong);
  }
  await row.getByLabel("Time spent today").fill("12");
  await page.keyboard.press("Enter");
  await reads(row.locator(".row-time"), "12m logged");
  await counts(page.locator("details.menu[open]"), 0);
  await row.getByLabel("Log time on one").click();
  await holds(row.getByLabel("Time spent today"), "30");
  await counts(row.locator(".error"), 0);
  await unmoved(page);
});

scene("the task's page refuses in place, both forms", { as: "someone" }, async ({ page, person, troubles }) => {
  const [task] = await person.add("one");
  await page.goto(`/task/${task.id}`);
  await mark(page);
  await page.getByLabel("Title").fill(" ");
  await page.getByLabel("Estimate").fill("-3");
  await page.getByLabel("Description").fill("kept");
  troubles.allow(422);
  await page.getByRole("button", { name: "Save" }).click();
  await focused(page.locator("#edit .alert"));
  await counts(page.locator("#edit .alert li"), 2);
  await holds(page.getByLabel("Estimate"), "-3");
  await holds(page.getByLabel("Description"), "kept");

  await page.getByLabel("Time spent", { exact: true }).fill("many");
  await page.getByLabel("Note").fill("n".repeat(501));
  troubles.allow(422);
  await page.getByRole("button", { name: "Log" }).click();
  await focused(page.locator("#time-form .alert"));
  await counts(page.locator("#time-form .alert li"), 2);
  await holds(page.getByLabel("Note"), "n".repeat(501));
  await holds(page.getByLabel("Description"), "kept");
  await unmoved(page);
});

scene("a second press while the first is under way does nothing", { as: "someone" }, async ({ page }) => {
  await page.goto("/dashboard");
  let sent = 0;
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route("**/web/tasks", async (route) => {
    sent += 1;
    await held;
    await route.continue();
  });
  await addTask(page, "Once");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByLabel("Title of a new task").press("Enter");
  await page.locator("#quick-add.htmx-request").waitFor();
  // What is typed while the answer is on its way stays.
  await page.getByLabel("Title of a new task").fill("Typed meanwhile");
  release();
  await lists(page, ["Once"]);
  await holds(page.getByLabel("Title of a new task"), "Typed meanwhile");
  await focused(page.getByLabel("Title of a new task"));
  assert.equal(sent, 1);
  await page.reload();
  await lists(page, ["Once"]);
});

scene("an answer takes the focus back from nothing that is elsewhere", { as: "someone" }, async ({ page, person }) => {
  await person.add("Here");
  await page.goto("/dashboard");
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route("**/web/tasks", async (route) => {
    await held;
    await route.continue();
  });
  await addTask(page, "Late");
  const here = page.getByRole("link", { name: "Here", exact: true });
  await here.focus();
  release();
  await lists(page, ["Late", "Here"]);
  await holds(page.getByLabel("Title of a new task"), "");
  await focused(here);
});

scene("a second press on a plain form does nothing either", {}, async ({ page, troubles }) => {
  await page.goto("/login");
  let sent = 0;
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route("**/web/login", async (route) => {
    sent += 1;
    await held;
    await route.continue();
  });
  await page.getByLabel("Username").fill("nobody-here");
  await page.getByRole("textbox", { name: "Password", exact: true }).fill("wrong");
  troubles.allow(401);
  await page.locator("form button.button-primary").evaluate((button) => {
    button.click();
    button.click();
  });
  await eventually(() => assert.equal(sent, 1));
  release();
  await reads(page.locator(".alert"), "Wrong username or password.");
  assert.equal(sent, 1);
});

scene("a connection that breaks loses nothing, and says so", { as: "someone" }, async ({ page, troubles }) => {
  await page.goto("/dashboard");
  await mark(page);
  await page.route("**/web/tasks", (route) => route.abort("connectionfailed"));
  for (let tries = 0; tries < 3; tries++) troubles.allowNetwork();
  await addTask(page, "On the train");
  await reads(page.locator("#quick-add .form-note"), "Not saved yet. Retry");
  await holds(page.getByLabel("Title of a new task"), "On the train");
  await page.unroute("**/web/tasks");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await lists(page, ["On the train"]);
  await unmoved(page);
});

scene("an answer that is not ours is not shown, but told", { as: "someone" }, async ({ page, troubles }) => {
  await page.goto("/dashboard");
  await mark(page);
  await page.route("**/web/tasks", (route) => route.fulfill({ status: 503, contentType: "application/json", body: '{"message":"Service Unavailable"}' }));
  troubles.allow(503, 3);
  await addTask(page, "In a queue");
  await reads(page.locator("#quick-add .form-note"), /^Not saved yet\. Re(ference|try$)/);
  await holds(page.getByLabel("Title of a new task"), "In a queue");
  await counts(page.locator(".row"), 0);
  await unmoved(page);
});

scene("what does not exist is a page that leads back", { as: "someone" }, async ({ page, troubles }) => {
  for (const path of ["/nothing", "/task/0190b0a0-0000-7000-8000-000000000000", "/task/x"]) {
    troubles.allow(404);
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await reads(page.locator(".card"), /Reference [0-9a-f-]{36}$/);
    await page.getByRole("link", { name: "Go to your tasks" }).click();
    await page.waitForURL("**/dashboard");
  }
});

scene("a title is text, whatever it looks like", { as: "someone" }, async ({ page, person }) => {
  const title = `<img src=x onerror=alert(1)> "quoted" & {{ braces }} 👩‍💻`;
  await person.add({ title, description: "</textarea><script>alert(1)</script>" });
  await page.goto("/dashboard");
  await lists(page, [title]);
  await page.getByRole("link", { name: title, exact: true }).click();
  await reads(page.getByRole("heading", { level: 1 }), title);
  await holds(page.getByLabel("Description"), "</textarea><script>alert(1)</script>");
  assert.ok(page.url().startsWith(base));
});
