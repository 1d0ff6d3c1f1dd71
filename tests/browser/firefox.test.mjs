// One way through the product in Firefox, driven by WebDriver BiDi: from signing up to a task that is done.
import assert from "node:assert/strict";
import { test } from "node:test";
import puppeteer from "puppeteer-core";
import { base, eventually } from "./support.mjs";

const executablePath = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

test("from signing up to a task that is done, in Firefox", { timeout: 300_000 }, async () => {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
  const troubles = [];
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    page.on("pageerror", (error) => troubles.push(`script: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") troubles.push(`console: ${message.text()}`);
    });
    const text = (selector) => page.$eval(selector, (element) => element.textContent.replace(/\s+/g, " ").trim());
    const reads = (selector, expected) => eventually(async () => assert.match(await text(selector), expected));
    const type = async (selector, words) => {
      await page.waitForSelector(selector);
      await page.focus(selector);
      await page.keyboard.type(words);
    };

    await page.goto(`${base}/signup`);
    await type("#signup-username", `fox-${process.pid}-${Date.now().toString(36)}`);
    await type("input[type=password]", "walnut-orbit-candle-9");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#quick-add");

    // Keys, and a draft that is back.
    await page.keyboard.press("n");
    await type("#add-title", "Tame the fox");
    await page.reload();
    await eventually(async () => assert.equal(await page.$eval("#add-title", (field) => field.value), "Tame the fox"));
    await page.focus("#add-title");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".row .row-title");
    await eventually(async () => assert.equal(await page.$eval("#add-title", (field) => field.value), ""));

    await page.focus(".row .row-title");
    await page.keyboard.press("e");
    await page.waitForSelector(".row-edit [name=title]");
    await page.focus(".row-edit [name=title]");
    await page.keyboard.press("End");
    await page.keyboard.type(", gently");
    await page.keyboard.press("Enter");
    await reads(".row .row-title", /^Tame the fox, gently$/);

    await page.focus(".row .row-title");
    await page.keyboard.press("t");
    await reads("#timer-bar", /Tame the fox, gently/);
    await page.click("#timer-bar-stop");
    await reads(".row .row-time", /1m/);

    await page.focus(".row .row-title");
    await page.keyboard.press("3");
    await page.waitForSelector(".row.row-done");
    await reads("#announce", /Done/);

    // Nothing stands beside the head, and colours are there.
    const { head, width, ink } = await page.evaluate(() => ({
      head: document.querySelector(".topbar").getBoundingClientRect().width,
      width: document.documentElement.clientWidth,
      ink: getComputedStyle(document.body).color,
    }));
    assert.equal(head, width);
    assert.notEqual(ink, "rgb(0, 0, 0)");
    assert.deepEqual(troubles, []);
  } finally {
    await browser.close();
  }
});
