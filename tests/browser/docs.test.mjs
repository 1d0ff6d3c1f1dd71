// The page of the API's description: read, signed in to, and tried.
import assert from "node:assert/strict";
import { looks, views } from "./axe.mjs";
import { counts, person, reads, scene } from "./support.mjs";

for (const { scheme, width } of views(390, 1440)) {
  scene(`the API's description, ${scheme}, ${width} px`, { scheme, width, touch: width < 600 }, async ({ page }) => {
    await page.goto("/docs");
    await reads(page.locator("h1.title"), /SprintSync/);
    await looks(page, "the description");
    await page.locator("#operations-tasks-create_task .opblock-summary-control").click();
    await reads(page.locator("#operations-tasks-create_task"), /Idempotency-Key/);
    await looks(page, "an operation");
    await page.getByRole("button", { name: "Authorize" }).first().click();
    await looks(page, "the sign-in");
  });
}

scene("the API's description lets one sign in and try a route", {}, async ({ page }) => {
  const someone = await person();
  await page.goto("/docs");
  await page.getByRole("button", { name: "Authorize" }).first().click();
  const dialog = page.locator(".dialog-ux");
  await dialog.locator("#oauth_username").fill(someone.username);
  await dialog.locator("#oauth_password").fill(someone.password);
  const answered = page.waitForResponse((response) => response.url().endsWith("/auth/login"));
  await dialog.locator(".auth-container", { has: page.locator("#oauth_username") }).getByRole("button", { name: /authorize/i }).click();
  assert.equal((await answered).status(), 200);
  await reads(dialog, /Authorized/);
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.locator("#operations-accounts-read_me .opblock-summary-control").click();
  await page.locator("#operations-accounts-read_me .execute").click();
  await reads(page.locator("#operations-accounts-read_me .live-responses-table tbody .response-col_status").first(), /^200/);
  await reads(page.locator("#operations-accounts-read_me .live-responses-table").first(), new RegExp(someone.username));
});

scene("without script the API's description is still to be had", { script: false }, async ({ page }) => {
  await page.goto("/docs");
  await counts(page.getByRole("link", { name: "openapi.json" }), 2);
});
