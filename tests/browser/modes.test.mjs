// Who can sign up: whoever has a code, or nobody.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { program, stack } from "./stack.mjs";
import { focused, holds, reads, scene } from "./support.mjs";

const byInvite = await stack("--signup", "invite");
const closed = await stack("--signup", "closed");

scene("an invite code opens the door once", { at: byInvite }, async ({ page, context, troubles }) => {
  const code = execFileSync(program, ["invite", "--data", byInvite.data], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  const signUp = async (username, invite) => {
    await page.goto("/signup");
    await page.getByLabel("Username").fill(username);
    await page.getByRole("textbox", { name: "Password", exact: true }).fill("walnut-orbit-candle-9");
    await page.getByLabel("Invite code").fill(invite);
    await page.getByRole("button", { name: "Create account" }).click();
  };
  troubles.allow(403);
  await signUp("guest-one", "no-such-code");
  await reads(page.locator("#signup-invite-error"), "This invite is invalid, used or expired.");
  await focused(page.getByLabel("Invite code"));
  await holds(page.getByLabel("Username"), "guest-one");
  await holds(page.getByLabel("Invite code"), "no-such-code");
  await signUp("guest-one", code);
  await page.waitForURL("**/dashboard");
  await context.clearCookies();
  troubles.allow(403);
  await signUp("guest-two", code);
  await reads(page.locator("#signup-invite-error"), /invite/i);
});

scene("where sign-up is closed, the page says whom to ask", { at: closed }, async ({ page }) => {
  await page.goto("/login");
  assert.equal(await page.getByRole("link", { name: "Create an account" }).count(), 0);
  await page.goto("/signup");
  await page.getByRole("heading", { name: "Sign-up is off" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Create account" }).count(), 0);
});
