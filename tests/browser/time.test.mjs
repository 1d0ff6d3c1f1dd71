// A day of one's own: what was worked on, and the way to other days.
import assert from "node:assert/strict";
import { counts, reads, scene } from "./support.mjs";

const ago = (days) => new Date(Date.now() - days * 86_400_000).toLocaleDateString("sv", { timeZone: "Europe/Berlin" });

for (const script of [true, false]) {
  scene(`a day adds up, gives an entry back, and leads to others, ${script ? "with" : "without"} script`, { as: "someone", script }, async ({ page, person }) => {
    const [parser, review] = await person.add("Parser", "Review");
    await person.api("POST", `/tasks/${parser.id}/time`, { minutes: 90, note: "Pairing" });
    await person.api("POST", `/tasks/${review.id}/time`, { minutes: 420 });
    await person.api("POST", `/tasks/${review.id}/time`, { minutes: 45, worked_on: ago(1) });
    await page.goto("/dashboard");
    await page.getByRole("link", { name: "Time", exact: true }).click();
    await reads(page.locator(".figure"), "8h 30m of 8h 30m over");
    await reads(page.locator(".entry").last(), /^1h 30m Parser Pairing$/);
    await page.getByRole("button", { name: "Undo entry: 1h 30m of Parser" }).click();
    await reads(page.locator(".toast p"), "Entry removed.");
    await reads(page.locator(".figure"), "7h of 8h");
    assert.equal(new URL(page.url()).pathname, "/day", "one is still where one was");
    await counts(page.locator(".entry"), 3);
    await counts(page.getByRole("button", { name: /^Undo entry/ }), 1);

    await page.getByRole("link", { name: "Previous day" }).click();
    await reads(page.locator(".figure"), "45m of 8h");
    await page.getByRole("link", { name: "Previous day" }).click();
    await page.getByRole("heading", { name: "No time logged" }).waitFor();
    await page.getByRole("link", { name: "Next day" }).click();
    await page.getByRole("link", { name: "Week", exact: true }).click();
    await page.locator(`tbody a[href="/day?on=${ago(1)}"]`).click();
    await reads(page.locator(".figure"), "45m of 8h");
    await page.getByRole("link", { name: "Review", exact: true }).click();
    await reads(page.locator("h1"), "Review");
  });
}

scene("a due day stands out only when it matters", { as: "someone" }, async ({ page, person }) => {
  await person.add(
    { title: "late", due_on: ago(2) }, { title: "late and done", due_on: ago(2), status: "done" },
    { title: "now", due_on: ago(0) }, { title: "next", due_on: ago(-1) }, { title: "then", due_on: ago(-2) },
  );
  await page.goto("/dashboard");
  const due = (title) => page.locator(".row", { has: page.getByRole("link", { name: title, exact: true }) }).locator(".row-due");
  const kinds = async (title) => (await due(title).getAttribute("class")).split(" ").sort().join(" ");
  assert.equal(await kinds("late"), "badge badge-warn row-due");
  for (const title of ["now", "next"]) assert.equal(await kinds(title), "row-due row-soon");
  for (const title of ["late and done", "then"]) assert.equal(await kinds(title), "row-due");
});
