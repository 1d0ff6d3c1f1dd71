// Lighthouse's own scores: what anyone would measure first.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import lighthouse, { desktopConfig } from "lighthouse";
import { chromium } from "playwright-core";
import { base, launch, person } from "./support.mjs";

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** What keeps a category from its hundred. */
const complaints = ({ lhr }, category) => lhr.categories[category].auditRefs
  .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
  .map(({ id }) => `${id}: ${lhr.audits[id].title} ${JSON.stringify(lhr.audits[id].details?.items ?? [])}`);

test("sign-in and dashboard score a hundred", { timeout: 600_000 }, async () => {
  const port = await freePort();
  // Lighthouse opens its tab in the browser's own context, which is the one that a profile has.
  const context = await chromium.launchPersistentContext("", { ...launch, args: [...launch.args, `--remote-debugging-port=${port}`] });
  try {
    const audit = async (path, categories) => {
      for (const [device, config] of [["phone", undefined], ["desktop", desktopConfig]]) {
        const flags = {
          port, logLevel: "error", onlyCategories: categories,
          disableFullPageScreenshot: true, pauseAfterFcpMs: 200, pauseAfterLoadMs: 200,
          // The session's cookie stays; nothing is reported to anyone.
          disableStorageReset: true, enableErrorReporting: false,
        };
        const result = await lighthouse(base + path, flags, config);
        assert.equal(new URL(result.lhr.finalDisplayedUrl).pathname, path.split("?")[0]);
        for (const category of categories) {
          assert.deepEqual(complaints(result, category), [], `${category} of ${path}, ${device}`);
          assert.equal(result.lhr.categories[category].score, 1, `${category} of ${path}, ${device}`);
        }
      }
    };
    await audit("/login", ["accessibility", "best-practices", "seo"]);
    const someone = await person();
    await someone.add(
      { title: "Cards expire without warning", due_on: "2024-02-29", estimate_minutes: 60, total_minutes: 90 },
      { title: "Invoices in the language of the customer", status: "in_progress", estimate_minutes: 240, total_minutes: 30 },
      { title: "Credit for seats that were removed", status: "done", due_on: "2099-12-24" },
      ...Array.from({ length: 31 }, (_, index) => `Thread ${index} of the support inbox`),
    );
    await context.addCookies([someone.cookie]);
    for (const path of ["/dashboard", "/dashboard?view=board"]) await audit(path, ["accessibility", "best-practices"]);
  } finally {
    await context.close();
  }
});
