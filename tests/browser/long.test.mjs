// Whatever people write fits: long words at every width, and text that runs from right to left.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { counts, eventually, rowOf, scene } from "./support.mjs";

const long = "W".repeat(90);
const link = `https://example.org/${"a".repeat(70)}`;
const arabic = "مراجعة العقد: النسخة 3.";

/** Fills every field of text that the page shows. */
const fillAll = (page) => page.evaluate((text) => {
  for (const details of document.querySelectorAll("main details, dialog[open] details")) details.open = true;
  for (const field of document.querySelectorAll("main :is(input, textarea), dialog[open] :is(input, textarea)")) {
    if (!field.checkVisibility() || !/^(text|search|password|textarea)$/.test(field.type)) continue;
    field.value = text;
  }
  for (const menu of document.querySelectorAll("details.menu")) menu.open = false;
}, long);

const fits = async (page, where) => {
  const { scroll, client, widest } = await page.evaluate(() => {
    const root = document.documentElement;
    const beyond = [...document.querySelectorAll("body *")].find((element) =>
      element.checkVisibility() && element.getBoundingClientRect().right > root.clientWidth + 1 && !element.closest(".sr-only, .menu-panel"));
    return { scroll: root.scrollWidth, client: root.clientWidth, widest: beyond?.outerHTML.slice(0, 120) };
  });
  assert.ok(scroll <= client, `${where}: ${scroll} of ${client} px; ${widest}`);
};

for (const [width, size] of [[320, "100%"], [640, "200%"], [900, "100%"]]) {
  scene(`long words fit on every page, ${width} px, letters at ${size}`, { as: "someone", width }, async ({ page, context, person, troubles }) => {
    const [task] = await person.add(
      { title: long, description: `${long}\n\n${link}`, estimate_minutes: 1440, due_on: "2024-02-29", total_minutes: 1440 },
      { title: `${long} done`, status: "done" },
      { title: `${long} gone` },
    );
    await person.api("POST", `/tasks/${task.id}/time`, { minutes: 30, note: long });
    await person.api("PATCH", `/tasks/${task.id}`, { description: `${link}\n${long}` });
    const gone = (await person.api("GET", "/tasks")).find(({ title }) => title.endsWith("gone"));
    await person.api("DELETE", `/tasks/${gone.id}`);
    await person.api("POST", `/tasks/${task.id}/timer/start`);
    const paths = [
      "/dashboard", `/dashboard?q=${long}`, `/dashboard?q=${link.slice(0, 40)}`, "/dashboard?view=board", `/task/${task.id}`, "/day", "/week",
      "/trash", "/account", "/account/export",
    ];
    const look = async (where) => {
      await page.evaluate((size) => { document.documentElement.style.fontSize = size; }, size);
      await fits(page, where);
      await fillAll(page);
      await fits(page, `${where}, every field filled`);
    };
    for (const path of paths) {
      await page.goto(path);
      await look(path);
    }
    await page.goto("/dashboard");
    await page.locator(".row a[data-action=edit]").first().evaluate((edit) => edit.click());
    await page.locator(".row-edit").waitFor();
    await look("a row that is edited");
    await page.goto("/day");
    await page.keyboard.press("n");
    await page.keyboard.type(long);
    await look("the dialog that adds a task");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.locator("#leaving[open]").waitFor();
    await look("signing out");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("WWW");
    await page.locator("#palette-found a").first().waitFor();
    await look("the palette");

    // What two people wrote, one under the other, and the timer in the head.
    await page.goto(`/task/${task.id}`);
    await page.locator("#edit-description").fill(`${long} mine`);
    await person.api("PATCH", `/tasks/${task.id}`, { title: `${long} theirs`, description: `${link} theirs` });
    troubles.allow(412);
    await page.locator("#edit-save").click();
    await page.locator(".theirs").first().waitFor();
    await look("a conflict");
    await page.evaluate(() => localStorage.clear());
    await context.clearCookies();
    for (const path of ["/login", "/signup"]) {
      await page.goto(path);
      await look(path);
    }
  });
}

scene("text from right to left has its direction wherever it stands or is typed", { as: "someone" }, async ({ page, person }) => {
  const [task, other] = await person.add({ title: arabic, description: arabic }, `${arabic} x`);
  await person.api("POST", `/tasks/${task.id}/time`, { minutes: 5, note: arabic });
  await person.api("PATCH", `/tasks/${task.id}`, { title: `${arabic} ب` });
  await person.api("POST", `/tasks/${task.id}/timer/start`);
  const left = (where) => page.evaluate(() => {
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const element = walk.currentNode.parentElement;
      if (/^\s*[\u0600-\u06ff]/.test(walk.currentNode.data) && element.checkVisibility() && getComputedStyle(element).direction !== "rtl") {
        found.push(element.outerHTML.slice(0, 150));
      }
    }
    for (const field of document.querySelectorAll("input, textarea")) {
      if (/^[\u0600-\u06ff]/.test(field.value) && field.type !== "hidden" && getComputedStyle(field).direction !== "rtl") found.push(field.id);
    }
    return found;
  }).then((found) => assert.deepEqual(found, [], where));
  for (const path of ["/dashboard", "/dashboard?view=board", `/task/${task.id}`, "/day", "/week"]) {
    await page.goto(path);
    await left(path);
  }
  await page.goto("/dashboard");
  await page.getByLabel("Title of a new task").fill(arabic);
  await page.locator("#filter").fill(arabic);
  await rowOf(page, `${arabic} x`).locator("a[data-action=edit]").click();
  await page.locator(".row-edit").waitFor();
  await left("what is typed");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.locator("#leaving[open]").waitFor();
  await left("what would be lost");
  await page.keyboard.press("Escape");
  await counts(page.locator("dialog[open]"), 0);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("العقد");
  await page.locator("#palette-found a").first().waitFor();
  await left("the palette");
  await page.keyboard.press("Escape");
  await person.api("DELETE", `/tasks/${other.id}`);
  await page.goto("/trash");
  await left("the trash");
  await eventually(async () => assert.ok(await page.locator(".row-title").count()));
});

// What people write, by the names that templates have for it; a page's own title is the product's.
const theirs = /^(?:[a-z_.]*\.)?(title|description|note|words|task_title)(\.value)?$/;
const ours = new Set(["frame-head.html title", "error.html title", "dashboard.html search.note", "found.html note", "board.html note", "draft.html draft.note"]);
const alone = new Set(["input", "meta", "link", "br", "path", "rect", "circle", "line", "option", "img"]);

test("no template shows or takes a person's text without its direction", () => {
  const folder = new URL("../../templates/", import.meta.url);
  const lacking = [];
  let seen = 0;
  for (const name of readdirSync(folder, { recursive: true }).filter((one) => one.endsWith(".html") && one !== "styleguide.html")) {
    const text = readFileSync(new URL(name, folder), "utf8").replace(/\{#[^]*?#\}|\{%[^]*?%\}/g, "");
    const open = [];
    for (const [token, closes, tag] of text.matchAll(/<(\/?)([a-z][a-z0-9-]*)(?:"[^"]*"|[^<>"])*>|\{\{[^}]*\}\}/g)) {
      if (tag && closes) {
        const at = open.findLastIndex((one) => one.tag === tag);
        if (at >= 0) open.splice(at);
      } else if (tag) {
        if (!alone.has(tag)) open.push({ tag, token });
        const takes = tag === "textarea" || (tag === "input" && /\bname="(title|description|note|q)"/.test(token));
        if (takes && !/type="hidden"/.test(token)) {
          seen += 1;
          if (!/\bdir="auto"/.test(token)) lacking.push(`${name}: ${token}`);
        }
      } else {
        const what = token.slice(2, -2).trim();
        if (!theirs.test(what) || ours.has(`${name} ${what}`)) continue;
        seen += 1;
        const around = open.at(-1);
        const right = around?.tag === "bdi" || /\bdir="auto"|hx-target="#task-title"/.test(around?.token ?? "");
        if (!right) lacking.push(`${name}: ${what} in ${around?.token}`);
      }
    }
  }
  assert.ok(seen > 25, `${seen} places`);
  assert.deepEqual(lacking, []);
});
