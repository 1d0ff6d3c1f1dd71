// The board by mouse, by keyboard and by menu: one write a move.
import assert from "node:assert/strict";
import { counts, eventually, focused, mark, reads, scene, unmoved } from "./support.mjs";

const card = (page, title) => page.locator(".ticket", { has: page.getByRole("link", { name: title, exact: true }) });
const link = (page, title) => card(page, title).getByRole("link", { name: title, exact: true });
const column = (page, status) => page.locator(`.column[data-status=${status}]`);
const holdsCards = (page, status, expected) => eventually(async () =>
  assert.deepEqual(await column(page, status).locator(".row-title").allTextContents(), expected));
const away = { status: 503, contentType: "application/json", body: '{"message":"Service Unavailable"}' };

/** Three cards to do and one done, on their board; the writes that follow are counted. */
async function board({ page, person }) {
  await person.add("one", "two", { title: "old", status: "done" }, "three");
  await page.goto("/dashboard?view=board");
  await mark(page);
  const writes = [];
  page.on("request", (request) => {
    if (request.method() === "POST") writes.push(request.url());
  });
  return writes;
}

scene("cards move by mouse", { as: "someone" }, async ({ page, person }) => {
  const writes = await board({ page, person });
  await link(page, "two").dragTo(column(page, "in_progress"));
  await holdsCards(page, "in_progress", ["two"]);
  await reads(page.locator("#announce"), "Moved to In progress.");
  await card(page, "one").dragTo(column(page, "done"));
  await holdsCards(page, "done", ["old", "one"]);
  await card(page, "one").dragTo(card(page, "old"));
  await holdsCards(page, "todo", ["three"]);
  await reads(page.locator("#announce"), "Moved to Done.");
  assert.equal(writes.length, 2);
  await counts(page.locator(".column-over"), 0);
  await page.reload();
  await holdsCards(page, "in_progress", ["two"]);
  await holdsCards(page, "done", ["old", "one"]);
});

scene("cards move by keyboard, and arrows walk", { as: "someone" }, async ({ page, person }) => {
  const writes = await board({ page, person });
  await page.keyboard.press("j");
  await focused(link(page, "three"));
  await page.keyboard.press("ArrowDown");
  await focused(link(page, "two"));
  // Nothing is in progress: that column is walked over.
  await page.keyboard.press("ArrowRight");
  await focused(link(page, "old"));
  await page.keyboard.press("ArrowLeft");
  await focused(link(page, "three"));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+ArrowRight");
  await holdsCards(page, "in_progress", ["two"]);
  await focused(link(page, "two"));
  await reads(page.locator("#announce"), "Moved to In progress.");
  await page.keyboard.press("Shift+ArrowRight");
  await holdsCards(page, "done", ["old", "two"]);
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowLeft");
  await holdsCards(page, "in_progress", ["two"]);
  await eventually(() => assert.equal(writes.length, 3));
  await page.keyboard.press("1");
  await holdsCards(page, "todo", ["three", "two", "one"]);
  await focused(link(page, "two"));
  await counts(page.locator(".htmx-request"), 0);
  await unmoved(page);
});

scene("cards move by menu", { as: "someone" }, async ({ page, person }) => {
  const writes = await board({ page, person });
  await card(page, "three").locator("summary").first().click();
  await card(page, "three").getByRole("button", { name: "Done", exact: true }).click();
  await holdsCards(page, "done", ["three", "old"]);
  await reads(page.locator("#announce"), "Moved to Done.");
  await focused(card(page, "three").locator("summary").first());
  await counts(page.locator("details.menu[open]"), 0);
  assert.equal(writes.length, 1);
});

scene("a card whose move does not get through goes back to its place", { as: "someone" }, async ({ page, person, troubles }) => {
  await board({ page, person });
  troubles.allow(503, 3);
  await page.route("**/status", (route) => route.fulfill(away), { times: 3 });
  await link(page, "two").focus();
  await page.keyboard.press("Shift+ArrowRight");
  await holdsCards(page, "in_progress", ["two"]);
  await holdsCards(page, "todo", ["three", "two", "one"]);
  await focused(link(page, "two"));
  await reads(page.locator("#announce"), "Not moved: it is still in To do.");
  await page.getByRole("button", { name: "Retry" }).click();
  await holdsCards(page, "in_progress", ["two"]);
  await counts(page.locator(".toast"), 0);
});

scene("a card that was moved elsewhere moves here too", { as: "someone" }, async ({ page, person }) => {
  await board({ page, person });
  const two = (await person.api("GET", "/tasks")).find(({ title }) => title === "two");
  await person.api("PATCH", `/tasks/${two.id}`, { status: "done" });
  await person.add("four");
  await page.evaluate(() => document.body.dispatchEvent(new Event("refresh", { bubbles: true })));
  await holdsCards(page, "todo", ["four", "three", "one"]);
  await holdsCards(page, "done", ["old", "two"]);
});
