// A browser that lacks something, or gets a part of the script only: what is left works, and forms always do.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { addTask, counts, eventually, focused, holds, lists, reads, rowOf, scene } from "./support.mjs";

const line = (page) => page.getByLabel("Title of a new task");

for (const language of ["C", "", "en-US-u-hc-h99-", undefined]) {
  scene(`a language that no browser knows takes nothing along: ${language}`, { as: "someone" }, async ({ page, person }) => {
    await page.addInitScript((language) => {
      Object.defineProperty(navigator, "language", { get: () => language });
    }, language);
    await person.add("first");
    await page.goto("/dashboard");
    await line(page).fill("Half a thought");
    await page.reload();
    await holds(line(page), "Half a thought");
    await reads(page.locator("#quick-add .form-note"), /\d\d:\d\d/);
    await person.add("second");
    await page.evaluate(() => document.dispatchEvent(new Event("refresh")));
    await lists(page, ["second", "first"]);
  });
}

scene("one part of the script that fails takes no other along", { as: "someone" }, async ({ page, person, troubles }) => {
  await page.addInitScript(() => { delete window.IntersectionObserver; });
  await person.add("first");
  await page.goto("/dashboard");
  await eventually(() => assert.ok(troubles.found.some((found) => /IntersectionObserver/.test(found)), "it is told"));
  await page.keyboard.press("n");
  await focused(line(page));
  await page.keyboard.type("Half a thought");
  await page.reload();
  await holds(line(page), "Half a thought");
  await person.add("second");
  await page.evaluate(() => document.dispatchEvent(new Event("refresh")));
  await lists(page, ["second", "first"]);
  await line(page).press("Enter");
  await lists(page, ["Half a thought", "second", "first"]);
  await holds(line(page), "");
  troubles.forget();
});

scene("a page whose script does not come is one without script", { as: "someone" }, async ({ page, troubles }) => {
  const asked = [];
  await page.route("**/*.js", (route) => {
    asked.push(route.request().url());
    troubles.allowNetwork();
    return route.abort();
  });
  await page.goto("/dashboard");
  assert.equal(asked.length, 1, "one file, so that no half of it comes");
  await addTask(page, "By form alone");
  await page.waitForURL("**/dashboard?**");
  await rowOf(page, "By form alone").waitFor();
  await holds(line(page), "");
  assert.equal(await page.evaluate(() => Object.keys(localStorage).length), 0);
});

scene("a dialog closes by its button and by a click beside it, in browsers of every age", { as: "someone" }, async ({ page }) => {
  await page.addInitScript(() => { delete HTMLDialogElement.prototype.closedBy; });
  await page.goto("/day");
  const open = page.locator("dialog[open]");
  for (const [key, id] of [["Control+k", "palette"], ["?", "help"], ["n", "quick-add-dialog"]]) {
    await page.keyboard.press(key);
    await open.waitFor();
    assert.equal(await open.getAttribute("id"), id);
    await open.getByRole("button", { name: "Close" }).click();
    await counts(open, 0);

    await page.keyboard.press(key);
    await open.waitFor();
    // A click that no person made: the browser's own way out does not see it.
    const click = (x, y) => open.dispatchEvent("click", { clientX: x, clientY: y });
    const box = await open.boundingBox();
    await click(box.x + 2, box.y + 2);
    await counts(open, 1);
    await click(box.x - 2, box.y + 2);
    await counts(open, 0);
  }
});

test("the stylesheet asks for nothing that a supported browser lacks", () => {
  const css = readFileSync(new URL("../../static/app.css", import.meta.url), "utf8");
  assert.equal(/light-dark\(|@starting-style|@scope/.exec(css)?.[0], undefined);
  const build = readFileSync(new URL("../../static/build", import.meta.url), "utf8");
  const design = readFileSync(new URL("../../docs/design.md", import.meta.url), "utf8");
  const [, chrome, firefox, safari] = /--target=chrome(\d+),firefox(\d+),safari([\d.]+)/.exec(build);
  assert.ok(design.includes(`Chrome and Edge ${chrome}, Firefox ${firefox}, Safari ${safari}`), "the documents name the same");
});
