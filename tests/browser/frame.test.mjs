// What every page has around it: the scheme that one chose, and the running timer.
import assert from "node:assert/strict";
import { counts, eventually, reads, scene } from "./support.mjs";

const paper = (page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
const dark = "rgb(20, 21, 23)";
const light = "rgb(248, 248, 246)";

for (const script of [true, false]) {
  const how = script ? "with script" : "without script";

  scene(`a scheme is chosen and stays, signed out too, ${how}`, { as: "someone", scheme: "light", script }, async ({ page, context, troubles }) => {
    await page.goto("/account");
    assert.equal(await paper(page), light);
    const choices = page.getByRole("group", { name: "Appearance" });
    await choices.getByRole("button", { name: "Dark" }).click();
    await eventually(async () => assert.equal(await paper(page), dark));
    await counts(choices.getByRole("button", { name: "Dark", pressed: true }), 1);
    assert.equal(await page.locator('meta[name="theme-color"]').getAttribute("content"), "#1b1d1f");
    for (const path of ["/dashboard", "/week"]) {
      await page.goto(path);
      assert.equal(await paper(page), dark, path);
    }
    troubles.allow(404);
    await page.goto("/nothing");
    assert.equal(await paper(page), dark, "an error page");
    await page.goto("/dashboard");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.equal(await paper(page), dark, "sign-in");
    assert.ok((await context.cookies()).find(({ name }) => name === "__Host-scheme").httpOnly);
  });

  scene(`the running timer is on every page and stops from there, ${how}`, { as: "someone", script }, async ({ page, person }) => {
    const [task] = await person.add("Write it down");
    await page.goto(`/task/${task.id}`);
    await counts(page.locator("#timer-bar *"), 0);
    await page.getByRole("button", { name: "Start timer" }).click();
    const bar = page.locator("#timer-bar");
    await reads(bar, /Write it down 0m/);
    // The page asks again after a write; going on at once would cut that off.
    await page.waitForLoadState("networkidle");
    for (const path of ["/dashboard", "/week", "/trash", "/account"]) {
      await page.goto(path);
      await reads(bar, /Write it down/);
    }
    await bar.getByRole("button", { name: "Stop timer on Write it down" }).click();
    await counts(page.locator("#timer-bar *"), 0);
    await page.waitForLoadState("networkidle");
    if (script) await reads(page.locator("#toasts"), /Logged 1m on Write it down\./);
    assert.equal(new URL(page.url()).pathname, "/account", "one is still where one was");
    assert.equal((await person.api("GET", `/tasks/${task.id}`)).total_minutes, 1);
  });
}

scene("stopping the timer loses nothing that is typed beside it", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("Timed");
  await page.goto(`/task/${task.id}`);
  await page.getByRole("button", { name: "Start timer" }).click();
  await page.getByText("Running since").waitFor();
  await page.getByLabel("Description").fill("half a sentence");
  await page.getByRole("button", { name: "Stop timer on Timed" }).click();
  await page.getByRole("button", { name: "Undo entry: 1m, today" }).waitFor();
  assert.equal(await page.getByLabel("Description").inputValue(), "half a sentence");
  await page.getByRole("button", { name: "Save" }).click();
  await eventually(async () => assert.equal((await person.api("GET", `/tasks/${task.id}`)).description, "half a sentence"));
  await counts(page.locator(".alert"), 0);
});
