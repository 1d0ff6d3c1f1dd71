// A page that is left open follows the day and the server's clock, and what was typed yesterday stays yesterday's.
import assert from "node:assert/strict";
import { counts, eventually, holds, mark, reads, rowOf, scene, unmoved } from "./support.mjs";

const DAY = 24 * 3600 * 1000;

const after = (day, days) => new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY).toISOString().slice(0, 10);
const worked = (page) => page.locator("#time-worked-on");

/** A page of this clock: its device and the server are as much later as the scene winds on. */
async function wound(page, path) {
  await page.clock.install();
  await page.goto(path);
  await mark(page);
}

scene("a day that nobody chose follows the day, one that somebody chose stays", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Left open");
  await wound(page, `/task/${task.id}`);
  const first = await worked(page).inputValue();
  assert.equal(await worked(page).getAttribute("max"), first);
  await page.clock.fastForward(DAY);
  await holds(worked(page), after(first, 1));
  assert.equal(await worked(page).getAttribute("max"), after(first, 1));

  // What somebody chose stays, though it was today when they did; the days since can be chosen as well.
  await worked(page).fill(first);
  await worked(page).fill(after(first, 1));
  await page.clock.fastForward(DAY);
  await eventually(async () => assert.equal(await worked(page).getAttribute("max"), after(first, 2)));
  await holds(worked(page), after(first, 1));
  await unmoved(page);
});

scene("what was begun before midnight belongs to that day", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Late");
  await wound(page, `/task/${task.id}`);
  const first = await worked(page).inputValue();
  await page.locator("#time-note").fill("before midnight");
  await page.clock.fastForward(DAY);
  await eventually(async () => assert.equal(await worked(page).getAttribute("max"), after(first, 1)));
  await holds(worked(page), first);
});

scene("a draft of yesterday comes back with yesterday, and is logged on it", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Late");
  await page.goto(`/task/${task.id}`);
  const today = await worked(page).inputValue();
  await page.locator("#time-minutes").fill("25");
  const yesterday = after(today, -1);
  // As if it had been typed a day ago.
  await page.evaluate(([day, ago]) => {
    const key = Object.keys(localStorage).find((name) => name.startsWith("draft:"));
    const record = JSON.parse(localStorage.getItem(key));
    localStorage.setItem(key, JSON.stringify({ ...record, day, at: record.at - ago }));
  }, [yesterday, DAY]);
  await page.reload();
  await holds(page.locator("#time-minutes"), "25");
  await holds(worked(page), yesterday);

  // A row asks for the minutes of today alone: it says that these are of another day.
  await page.goto("/dashboard");
  await rowOf(page, "Late").locator("summary[id^=log-]").click();
  const form = page.locator(`#log-form-${task.id}`);
  await reads(form.locator("[data-day]"), /^on \d/);
  await form.locator("[name=minutes]").press("Enter");
  await reads(rowOf(page, "Late").locator(".row-time"), /25m/);
  const [entry] = await person.api("GET", `/tasks/${task.id}/time`);
  assert.deepEqual([entry.minutes, entry.worked_on], [25, yesterday]);
  await reads(form.locator("[data-day]"), "today");
  await counts(form.locator("[name=worked_on]"), 0);
});

scene("the heading and the links of a day move with what stands under them", { as: "someone" }, async ({ page, person }) => {
  // Between these two zones it is never the same day.
  await person.api("PATCH", "/auth/me", { time_zone: "Pacific/Pago_Pago" });
  await page.goto("/day");
  await mark(page);
  const day = () => page.locator("h1 time").getAttribute("datetime");
  const before = await day();
  const title = await page.title();
  await person.api("PATCH", "/auth/me", { time_zone: "Pacific/Kiritimati" });
  await page.evaluate(() => document.dispatchEvent(new Event("refresh")));
  await eventually(async () => assert.ok(await day() > before, "a later day"));
  assert.equal(await page.locator("a[rel=prev]").getAttribute("href"), `/day?on=${after(await day(), -1)}`);
  assert.notEqual(await page.title(), title);
  await unmoved(page);
});

scene("the running timer goes by the server's clock", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Timed");
  await person.api("POST", `/tasks/${task.id}/timer/start`);
  await page.clock.install({ time: Date.now() + 10 * 60_000 });
  await page.goto("/dashboard");
  await page.clock.runFor(5000);
  await reads(page.locator(".timer-bar-time"), "0m");
  await page.clock.fastForward(5 * 60_000);
  await reads(page.locator(".timer-bar-time"), "5m");
});
