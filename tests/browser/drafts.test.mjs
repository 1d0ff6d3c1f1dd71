// Nothing typed is lost: it is kept on the device, for one person, until it is saved or given up.
import assert from "node:assert/strict";
import { addTask, counts, eventually, focused, holds, lists, move, person as someone, reads, rowOf, scene, signIn } from "./support.mjs";

const kept = (page) => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("draft:")).length);
const keeps = (page, expected) => eventually(async () => assert.equal(await kept(page), expected, "drafts on this device"));
const title = (page) => page.getByLabel("Title of a new task");
const back = /^Draft from \d\d:\d\d restored\. Discard$/;

async function typeEverywhere(page, task) {
  await page.goto("/dashboard");
  await title(page).fill("Half a thought");
  await page.getByText("Details", { exact: true }).click();
  await page.getByLabel("Description").fill("with\nlines");
  await page.getByLabel("Due").fill("2099-02-03");
  await rowOf(page, "Kept").getByLabel("Log time on Kept").click();
  await rowOf(page, "Kept").getByLabel("Time spent today").fill("25");
  await page.goto(`/task/${task.id}`);
  await page.getByLabel("Description").fill("A long thought");
  await page.getByLabel("Status").selectOption("Done");
  await page.getByLabel("Note").fill("a note");
  await page.goto("/account");
  await page.getByLabel("Working hours per day").fill("300");
}

async function allIsBack(page, task) {
  await page.goto("/dashboard");
  await holds(title(page), "Half a thought");
  await holds(page.getByLabel("Description"), "with\nlines");
  await holds(page.getByLabel("Due"), "2099-02-03");
  await reads(page.locator("#quick-add .form-note"), back);
  await rowOf(page, "Kept").getByLabel("Log time on Kept").click();
  await holds(rowOf(page, "Kept").getByLabel("Time spent today"), "25");
  await page.goto(`/task/${task.id}`);
  await holds(page.getByLabel("Description"), "A long thought");
  await holds(page.getByLabel("Status"), "done");
  await holds(page.getByLabel("Note"), "a note");
  await holds(page.getByLabel("Time spent", { exact: true }), "25");
  await reads(page.locator("#edit .form-note"), back);
  await page.goto("/account");
  await holds(page.getByLabel("Working hours per day"), "300");
}

scene("what was typed is back after leaving the page and after a crash of the tab", { as: "someone" }, async ({ page, person, context, open }) => {
  const [task] = await person.add("Kept");
  await typeEverywhere(page, task);
  await allIsBack(page, task);
  await page.goto("/dashboard");
  await title(page).press("End");
  await page.keyboard.type(", and more");
  const crashed = page.waitForEvent("crash");
  const devtools = await context.newCDPSession(page);
  devtools.send("Page.crash").catch(() => {});
  await crashed;
  const next = await open();
  await next.goto("/dashboard");
  await holds(title(next), "Half a thought, and more");
});

scene("a draft moves nothing when it comes back", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Kept");
  await typeEverywhere(page, task);
  await page.addInitScript(() => {
    window.moved = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.moved += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  for (const path of ["/dashboard", `/task/${task.id}`, "/account"]) {
    await page.goto(path);
    await page.locator(".form-note button").first().waitFor();
    assert.equal(await page.evaluate(() => window.moved), 0, path);
  }
});

scene("a draft can be discarded, and goes when it is saved or taken back", { as: "someone" }, async ({ page, person, troubles }) => {
  const [task] = await person.add({ title: "Kept", description: "As it was" });
  await page.goto(`/task/${task.id}`);
  await page.getByLabel("Description").fill("Changed");
  await page.reload();
  await holds(page.getByLabel("Description"), "Changed");
  await page.getByRole("button", { name: "Discard" }).click();
  await holds(page.getByLabel("Description"), "As it was");
  await focused(page.getByLabel("Description"));
  await keeps(page, 0);
  await page.reload();
  await holds(page.getByLabel("Description"), "As it was");

  // What says again what is saved needs no keeping.
  await page.getByLabel("Description").fill("Changed");
  await keeps(page, 1);
  await page.getByLabel("Description").fill("As it was");
  await keeps(page, 0);

  // A refusal saves nothing, a save does.
  await page.getByLabel("Description").fill("Changed again");
  await page.getByLabel("Estimate").fill("soon");
  troubles.allow(422);
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("#edit-estimate-error").waitFor();
  await keeps(page, 1);
  await page.reload();
  await holds(page.getByLabel("Estimate"), "soon");
  await page.getByLabel("Estimate").fill("20");
  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.locator("#announce"), "Saved.");
  await keeps(page, 0);
  await reads(page.locator("#edit .form-note"), "");
});

scene("a plain form's draft goes when the next page says that it was done", { as: "someone" }, async ({ page, person, troubles }) => {
  const [task] = await person.add("Timed");
  await person.api("POST", `/tasks/${task.id}/timer/start`);
  await page.goto(`/task/${task.id}`);
  await page.getByText("Stopped working earlier?").click();
  await page.getByLabel("Or duration").fill("soon");
  troubles.allow(422);
  await page.getByRole("button", { name: "Stop and log" }).click();
  await page.locator("#timer-minutes-error").waitFor();
  await keeps(page, 1);
  await page.getByLabel("Or duration").fill("1");
  await page.getByRole("button", { name: "Stop and log" }).click();
  await reads(page.locator("#time-summary p"), "1m logged");
  await keeps(page, 0);
});

scene("a draft keeps what it was typed against", { as: "someone" }, async ({ page, person, troubles }) => {
  const [task] = await person.add("Common ground");
  await page.goto(`/task/${task.id}`);
  await page.getByLabel("Title").fill("My title");
  await person.api("PATCH", `/tasks/${task.id}`, { title: "Their title" });
  await page.reload();
  await holds(page.getByLabel("Title"), "My title");
  troubles.allow(412);
  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.locator("#edit .theirs p").first(), "Their title");
  await page.getByRole("link", { name: "Use theirs" }).click();
  await holds(page.getByLabel("Title"), "Their title");
  await keeps(page, 0);
});

scene("what is typed while a save is under way survives the answer", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Slow");
  await page.goto(`/task/${task.id}`);
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route(`**/web/tasks/${task.id}`, async (route) => {
    await held;
    await route.continue();
  });
  await page.getByLabel("Title").fill("  Slow and steady  ");
  await page.getByLabel("Description").fill("First");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("#edit.htmx-request").waitFor();
  await page.getByLabel("Description").fill("First, and second");
  await page.getByLabel("Estimate").fill("40");
  await page.getByLabel("Note").fill("typed elsewhere");
  release();
  await reads(page.locator("#announce"), "Saved.");
  await holds(page.getByLabel("Title"), "Slow and steady");
  await holds(page.getByLabel("Description"), "First, and second");
  await holds(page.getByLabel("Estimate"), "40");
  await holds(page.getByLabel("Note"), "typed elsewhere");
  await page.reload();
  await holds(page.getByLabel("Description"), "First, and second");
  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.locator("#announce"), "Saved.");
  const saved = await person.api("GET", `/tasks/${task.id}`);
  assert.deepEqual([saved.title, saved.description, saved.estimate_minutes], ["Slow and steady", "First, and second", 40]);
});

scene("what was typed is offered to the same person only", { as: "someone" }, async ({ page, context, person }) => {
  await page.goto("/dashboard");
  await title(page).fill("Mine alone");
  const other = await someone();
  await context.clearCookies();
  await signIn(page, other);
  await holds(title(page), "");
  await addTask(page, "Theirs");
  await lists(page, ["Theirs"]);
  await context.clearCookies();
  await signIn(page, person);
  await holds(title(page), "Mine alone");
});

scene("signing out says what it would remove, and removes it", { as: "someone" }, async ({ page, person }) => {
  await page.goto("/dashboard");
  await title(page).fill("Not yet");
  const signOut = page.getByRole("button", { name: "Sign out", exact: true });
  await signOut.click();
  const dialog = page.getByRole("dialog");
  await reads(dialog.locator("li"), "New task: Not yet");
  await dialog.getByRole("button", { name: "Stay signed in" }).click();
  await counts(page.locator("dialog[open]"), 0);
  await holds(title(page), "Not yet");
  await signOut.click();
  await page.keyboard.press("Escape");
  await holds(title(page), "Not yet");
  await signOut.click();
  await dialog.getByRole("button", { name: "Discard and sign out" }).click();
  await page.waitForURL("**/login**");
  await keeps(page, 0);
  await signIn(page, person);
  await holds(title(page), "");
  // Nothing to lose, nothing to ask.
  await signOut.click();
  await page.waitForURL("**/login**");
});

scene("a draft is forgotten after seven days, and not before", { as: "someone" }, async ({ page }) => {
  await page.goto("/dashboard");
  await title(page).fill("Some day");
  const day = 24 * 3600 * 1000;
  const now = Date.now();
  await page.clock.setFixedTime(now + 6.9 * day);
  await page.reload();
  await holds(title(page), "Some day");
  await reads(page.locator("#quick-add .form-note"), /^Draft from .*\d\d:\d\d restored\. Discard$/);
  await page.clock.setFixedTime(now + 7.1 * day);
  await page.reload();
  await holds(title(page), "");
  await keeps(page, 0);
});

scene("passwords are never kept", { as: "someone" }, async ({ page }) => {
  await page.goto("/account");
  await page.getByRole("textbox", { name: "New password", exact: true }).fill("walnut-orbit-candle-10");
  await page.getByLabel("Working hours per day").fill("240");
  await keeps(page, 1);
  const all = await page.evaluate(() => JSON.stringify(localStorage));
  assert.ok(!all.includes("walnut"), all);
});

scene("a row that changes keeps what is typed into another", { as: "someone" }, async ({ page, person }) => {
  await person.add("one", "two");
  await page.goto("/dashboard");
  await title(page).fill("Next");
  await move(page, "one", "Done");
  await reads(page.locator("#announce"), "Moved to Done.");
  await holds(title(page), "Next");
});
