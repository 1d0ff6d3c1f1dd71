// Every component in every state, on one page.
import assert from "node:assert/strict";
import { looks, views } from "./axe.mjs";
import { base, counts, scene } from "./support.mjs";

for (const { scheme, width } of views(320, 390, 1440)) {
  scene(`the style guide, ${scheme}, ${width} px`, { scheme, width, touch: width < 600 }, async ({ page }) => {
    const answer = await page.goto("/styleguide");
    // An instance that is not the local stack has none.
    assert.equal(answer.status(), 200, base);
    await looks(page, "the style guide");
    await counts(page.locator(".button:disabled"), 2);
    await page.getByText("A menu").click();
    await looks(page, "the style guide with a menu");
  });
}

scene("the style guide with letters of twice the size is no wider than its window", { width: 640 }, async ({ page }) => {
  await page.goto("/styleguide");
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setDeviceMetricsOverride", { width: 320, height: 640, deviceScaleFactor: 2, mobile: false });
  await looks(page, "twice the size");
});
