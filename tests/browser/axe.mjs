// Whether a page, as it stands, can be used by everybody and is no wider than its window.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function accessible(page, where) {
  // A toast or a menu that is still fading in has colours on the way. What waits moves without end.
  await page.evaluate(() => Promise.all(document.getAnimations()
    .filter((animation) => animation.effect.getComputedTiming().endTime < Infinity)
    .map((animation) => animation.finished.catch(() => {}))));
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const found = await globalThis.axe.run(document, { runOnly: tags });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  });
  assert.deepEqual(violations, [], where);
}

const fits = async (page, where) => {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(content <= window, `${where}: ${content} px wide in a window of ${window}`);
};

/** The width at which nothing but the width is in question. */
const NARROW = 320;

/** How a page is looked at: at each of these widths, in the light and in the dark. */
export const views = (...widths) => widths.flatMap((width) =>
  (width === NARROW ? ["light"] : ["light", "dark"]).map((scheme) => ({ scheme, width })));

/** Holds in every state of every page. */
export async function looks(page, where) {
  await fits(page, where);
  if (page.viewportSize().width !== NARROW) await accessible(page, where);
}
