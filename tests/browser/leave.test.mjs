// The week, the trash, taking one's data along, leaving: with script and without.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { base, counts, reads, scene } from "./support.mjs";

const contents = async (download) => JSON.parse(await readFile(await download.path(), "utf8"));

for (const script of [true, false]) {
  const how = script ? "with script" : "without script";

  scene(`the week adds up what was logged and leads to the tasks, ${how}`, { as: "someone", script }, async ({ page, person }) => {
    const [parser, review] = await person.add("Parser", "Review");
    await person.api("POST", `/tasks/${parser.id}/time`, { minutes: 90, note: "Pairing" });
    await person.api("POST", `/tasks/${review.id}/time`, { minutes: 45 });
    await page.goto("/dashboard");
    await page.getByRole("link", { name: "Time", exact: true }).click();
    await page.getByRole("link", { name: "Week", exact: true }).click();
    await reads(page.locator(".tile").first(), "Logged2h 15m");
    const today = page.getByRole("row", { name: /Today/ });
    await reads(today.locator("td").last(), "2h 15m");
    await reads(today.locator("td").first(), "Review 45m Parser 1h 30m");
    await page.getByRole("img", { name: /2h 15m in total/ }).waitFor();
    await counts(page.locator(".chart-bar"), 1);
    await page.getByRole("link", { name: "Previous week" }).click();
    await reads(page.locator(".tile").first(), "Logged0m");
    await counts(page.locator("tbody tr"), 7);
    await counts(page.locator(".chart-bar"), 0);
    await page.getByRole("link", { name: "Next week" }).click();
    await page.getByRole("link", { name: "Parser" }).click();
    await reads(page.locator("h1"), "Parser");
  });

  scene(`what was deleted waits in the trash and comes back once, ${how}`, { as: "someone", script }, async ({ page, person }) => {
    await page.goto("/trash");
    await page.getByRole("heading", { name: "Trash is empty." }).waitFor();
    const [kept, other] = await person.add("Kept after all", "Gone");
    for (const task of [kept, other]) {
      await person.api("POST", `/tasks/${task.id}/time`, { minutes: 30 });
      await person.api("DELETE", `/tasks/${task.id}`);
    }
    await page.reload();
    await counts(page.locator(".row"), 2);
    await reads(page.locator(".row", { hasText: "Gone" }).locator(".row-meta"), /^Deleted \d\d:\d\d (29|30) days left$/);
    await page.getByRole("button", { name: "Restore Kept after all" }).click();
    await reads(page.locator(".toast p"), "Task restored.");
    await counts(page.locator(".row"), 1);
    await page.getByRole("link", { name: "Open" }).click();
    await reads(page.locator("#time-summary p"), "30m logged");
  });

  scene(`all of one's data can be taken along, ${how}`, { as: "someone", script }, async ({ page, person }) => {
    await person.add(...Array.from({ length: 30 }, (_, index) => `Task ${index}`));
    await page.goto("/account");
    await page.getByRole("link", { name: "Export data" }).click();
    await reads(page.locator("h1"), "Export");
    const records = [];
    if (script) {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download everything" }).click()]);
      assert.equal(download.suggestedFilename(), "sprintsync.json");
      records.push(...await contents(download));
      await reads(page.locator("#announce"), `Downloaded ${records.length} items.`);
    } else {
      for (let part = 1; ; part++) {
        const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /^Download/ }).click()]);
        assert.equal(download.suggestedFilename(), `sprintsync-${part}.json`);
        records.push(...await contents(download));
        const next = page.getByRole("link", { name: "Next part" });
        if (await next.count() === 0) break;
        await next.click();
        await reads(page.locator("main h2"), new RegExp(`^Part ${part + 1}`));
      }
    }
    const of = (type) => records.filter((record) => record.type === type).length;
    assert.deepEqual([of("user"), of("task"), of("session")], [1, 30, 2]);
    assert.ok(of("event") >= 30);
  });

  scene(`leaving takes the password and ends everything, ${how}`, { as: "someone", script }, async ({ page, person, troubles }) => {
    await person.add("Something");
    await page.goto("/dashboard");
    await page.getByLabel("Title of a new task").fill("Never added");
    await page.goto("/account");
    await page.getByText("Delete my account").click();
    const password = page.getByRole("textbox", { name: "Your password" });
    await password.fill("not the password");
    troubles.allow(403);
    await page.getByRole("button", { name: "Delete account" }).click();
    await reads(page.locator("#leave-password-error"), "Wrong current password.");
    await password.fill(person.password);
    await page.getByRole("button", { name: "Delete account" }).click();
    await page.waitForURL("**/login**");
    await reads(page.locator(".toast p"), "Account deleted. Thanks for using SprintSync.");
    assert.equal(await page.evaluate(() => localStorage.length), 0, "nothing is left on the device");
    const again = await fetch(`${base}/auth/login`, {
      method: "POST", body: JSON.stringify({ username: person.username, password: person.password }), headers: { "content-type": "application/json" },
    });
    assert.equal(again.status, 401);
    await page.goto("/dashboard");
    await page.waitForURL("**/login**");
  });
}

scene("a forgotten timer may be stopped as of earlier", { as: "someone" }, async ({ page, person, troubles }) => {
  const [task] = await person.add("Timed");
  await person.api("POST", `/tasks/${task.id}/timer/start`);
  await page.goto(`/task/${task.id}`);
  await page.getByText("Stopped working earlier?").click();
  await page.getByLabel("Or duration").fill("soon");
  troubles.allow(422);
  await page.getByRole("button", { name: "Stop and log" }).click();
  await reads(page.locator("#timer-minutes-error"), "Enter a time like 90, 1h30 or 1:30.");
  await page.getByLabel("Or duration").fill("");
  // A time that the page did not know when it was opened: the server says what is right, not the field.
  await page.getByLabel("End time").fill("2099-01-01T00:00");
  troubles.allow(422);
  await page.getByRole("button", { name: "Stop and log" }).click();
  await reads(page.locator("#timer-until-error"), "Choose a time that isn't in the future.");
  const [start] = await page.locator("#timer time").evaluateAll((times) => times.map((time) => time.dateTime));
  const local = new Date(start).toLocaleString("sv-SE", { timeZone: "Europe/Berlin" }).slice(0, 16).replace(" ", "T");
  await page.getByLabel("End time").fill(local);
  await page.getByRole("button", { name: "Stop and log" }).click();
  await reads(page.locator("#time-summary p"), "1m logged");
});

scene("signing out in one tab leads the others to sign-in", { as: "someone" }, async ({ page }) => {
  await page.goto("/dashboard");
  const other = await page.context().newPage();
  await other.goto("/day");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/login");
  await other.waitForURL("**/login");
  assert.equal(await page.evaluate(() => localStorage.length), 0, "nothing is left on the device");
});
