// What holds for every page in every state: accessible in both schemes, and narrow enough.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { looks, views } from "./axe.mjs";
import { addTask, base, counts, eventually, reads, rowOf, scene, toTheEnd } from "./support.mjs";

const long = "An interminable title with Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenantragsformularausgabestelle in it";

for (const { scheme, width } of views(320, 390, 1280)) {
  scene(`every page and state, ${scheme}, ${width} px`, { as: "someone", scheme, width, touch: width < 600 }, async ({ page, context, person, troubles }) => {
    const check = (where) => looks(page, where);
    const cookies = await context.cookies();
    await page.goto("/dashboard");
    await check("empty dashboard");
    await page.goto("/dashboard?status=done");
    await check("empty filter");

    const tasks = await person.add(
      { title: long, description: "y".repeat(300), estimate_minutes: 30, due_on: "2024-02-29" },
      { title: "over", estimate_minutes: 10, total_minutes: 1440, status: "in_progress" },
      { title: "due", due_on: "2099-12-24", status: "done", total_minutes: 5 },
      ...Array.from({ length: 31 }, (_, index) => `task ${index}`),
    );
    await page.goto("/dashboard");
    await toTheEnd(page);
    await counts(page.locator(".row"), 34);
    await check("dashboard");
    await page.getByText("Details", { exact: true }).click();
    await rowOf(page, "over").locator("summary").first().click();
    await check("menu of a row");
    await rowOf(page, long).getByLabel(/^Log time/).click();
    await check("minutes of a row");
    troubles.allow(422);
    await rowOf(page, long).getByLabel("Time spent today").fill("x");
    await page.keyboard.press("Enter");
    await rowOf(page, long).locator(".error").waitFor();
    await check("minutes refused");
    await page.keyboard.press("Escape");
    await page.getByLabel("Delete due").click();
    await page.getByRole("button", { name: "Undo" }).waitFor();
    await check("undo");
    troubles.allow(422);
    await page.getByLabel("Estimate").fill("x");
    await addTask(page, " ");
    await page.locator("#quick-add .alert").waitFor();
    await check("task refused");

    await page.goto(`/task/${tasks[1].id}`);
    await check("task");
    troubles.allow(422);
    await page.getByLabel("Time spent", { exact: true }).fill("x");
    await page.getByRole("button", { name: "Log" }).click();
    await page.locator("#time-minutes-error").waitFor();
    await page.getByLabel("Description").fill("mine");
    await person.api("PATCH", `/tasks/${tasks[1].id}`, { title: long, description: "theirs\n".repeat(5), status: "done", due_on: "2099-01-01", estimate_minutes: null });
    troubles.allow(412);
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".alert-warn").waitFor();
    await check("task in conflict");
    await page.getByRole("link", { name: "Use theirs" }).click();
    await counts(page.locator(".theirs"), 0);
    await check("task of a long title");
    await page.getByRole("button", { name: "Start timer" }).click();
    await page.getByText("Running since").waitFor();
    await check("timer running");
    await page.getByRole("button", { name: "Stop and log" }).click();
    await page.getByRole("button", { name: "Undo entry: 1m, today" }).waitFor();
    await check("entry that can be taken back");

    await page.goto("/account");
    await page.getByText("Delete my account").click();
    await check("account");
    await page.goto("/account/export");
    await check("export");
    await page.goto("/day");
    await check("day");
    await page.goto("/week");
    await check("week");
    await page.keyboard.press("Control+k");
    await check("palette");
    await page.keyboard.type("task 3");
    await page.locator("#palette-found a").first().waitFor();
    await check("palette with tasks");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await check("sheet of keys");
    await page.keyboard.press("Escape");
    await page.keyboard.press("n");
    await page.keyboard.type("Half a thought");
    await check("task from anywhere");
    await page.keyboard.press("Escape");
    await page.reload();
    await page.keyboard.press("n");
    await page.getByText(/^Draft from/).waitFor();
    await check("draft that is back");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await check("sign-out that asks");
    await page.getByRole("button", { name: "Stay signed in" }).click();
    await context.setOffline(true);
    await page.locator("#offline:not(:empty)").waitFor();
    await check("offline");
    await context.setOffline(false);
    await page.goto("/trash");
    await check("trash");
    await page.goto("/account");
    troubles.allow(422);
    await page.getByLabel("Time zone").fill("Nowhere");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("#profile-time-zone-error").waitFor();
    await check("profile refused");
    troubles.allow(404);
    await page.goto("/nothing");
    await check("error page");

    await context.clearCookies();
    await page.goto("/login");
    await check("sign-in");
    troubles.allow(401);
    await page.getByLabel("Username").fill("nobody-here");
    await page.getByRole("textbox", { name: "Password", exact: true }).fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator(".alert").waitFor();
    await check("sign-in refused");
    await page.goto("/signup");
    await check("sign-up");
    troubles.allow(422);
    await page.getByLabel("Username").fill("a b");
    await page.getByRole("textbox", { name: "Password", exact: true }).fill("short");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.locator(".alert").waitFor();
    await check("sign-up refused");
    assert.ok(cookies.length > 0);
  });
}

scene("every page says what it may load, and who may keep it", { as: "someone" }, async ({ page, person }) => {
  const [task] = await person.add("one");
  for (const path of ["/dashboard", `/task/${task.id}`, "/account"]) {
    const headers = (await page.goto(path)).headers();
    assert.match(headers["content-security-policy"], /default-src 'none'/);
    assert.doesNotMatch(headers["content-security-policy"], /unsafe|\*|https?:/);
    assert.match(headers["cache-control"], /no-store/);
    assert.equal(headers["x-content-type-options"], "nosniff");
  }
  await reads(page.locator("h1"), "Account");
  assert.ok(base.startsWith("http://"));
});

scene("what the policy forbids is noticed, and so is an error of the script", {}, async ({ page, troubles }) => {
  await page.goto("/login");
  await page.evaluate(() => {
    document.head.append(Object.assign(document.createElement("style"), { textContent: "p { color: red }" }));
    document.body.append(Object.assign(document.createElement("script"), { textContent: "window.ran = true" }));
    document.body.append(Object.assign(new Image(), { src: "https://example.org/picture.png" }));
    setTimeout(() => { throw new Error("thrown"); });
  });
  await eventually(() => {
    for (const trouble of [/policy: style-src/, /policy: script-src/, /policy: img-src/, /script: thrown/]) {
      assert.ok(troubles.found.some((found) => trouble.test(found)), `${trouble} is one of ${troubles.found}`);
    }
  });
  assert.equal(await page.evaluate(() => window.ran), undefined);
  troubles.forget();
});

// What a strict policy would block, and what belongs to another version of htmx.
test("templates hold no inline script or style, and nothing that evaluates", () => {
  const folder = new URL("../../templates/", import.meta.url);
  const forbidden = /hx-on|hx-live|hx-vars|hx-disabled-elt|hx-ext|["']js:|\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|\|\s*safe|hx-trigger="[^"]*\[/;
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".html"));
  assert.ok(files.length > 5);
  for (const name of files) {
    const found = forbidden.exec(readFileSync(new URL(name, folder), "utf8"));
    assert.equal(found?.[0], undefined, name);
  }
});
