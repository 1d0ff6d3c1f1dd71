// Times are written as the reader writes them, in the time zone of the account.
import assert from "node:assert/strict";
import { eventually, reads, rowOf, scene } from "./support.mjs";

const speaks = (page, language) => page.addInitScript((language) => {
  Object.defineProperty(navigator, "language", { get: () => language });
}, language);

const ages = async (page, title) => {
  const age = rowOf(page, title).locator(".row-age");
  return [await age.getAttribute("title"), new Date(await age.locator("time").getAttribute("datetime"))];
};

const expected = (language, when) => new Intl.DateTimeFormat(language, {
  weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Europe/Berlin",
}).format(when);

for (const language of ["de-DE", "en-US"]) {
  scene(`times are written for a reader of ${language}`, { as: "someone" }, async ({ page, person }) => {
    await speaks(page, language);
    await person.add({ title: "one", due_on: "2099-03-02" });
    await page.goto("/dashboard");
    const [title, when] = await ages(page, "one");
    assert.equal(title, expected(language, when));
    // A day stays the day it is, wherever one is.
    const due = await rowOf(page, "one").locator(".row-due").getAttribute("title");
    assert.equal(due, { "de-DE": "Mo., 2. März 2099", "en-US": "Mon, Mar 2, 2099" }[language]);

    await page.getByLabel("Title of a new task").fill("Half");
    await page.reload();
    const back = page.locator("#quick-add .form-note time");
    await reads(back, language === "de-DE" ? /^\d\d:\d\d$/ : /^\d\d:\d\d [AP]M$/);
    assert.equal(await back.getAttribute("lang"), language === "de-DE" ? "de-DE" : null);
    // What comes later is written as well.
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await eventually(async () => {
      const [title, when] = await ages(page, "Half");
      assert.equal(title, expected(language, when));
    });
  });
}
