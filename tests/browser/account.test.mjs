// The account: profile, password, sessions.
import assert from "node:assert/strict";
import { counts, device, eventually, focused, holds, mark, reads, rowOf, scene, signIn, unmoved } from "./support.mjs";

scene("the profile is saved in place, and a zone that is none is refused beside its field", { as: "someone" }, async ({ page, person, troubles }) => {
  await page.goto("/account");
  await mark(page);
  await page.getByLabel("Time zone").fill("Asia/Kathmandu");
  await holds(page.getByLabel("Working hours per day"), "8h");
  await page.getByLabel("Working hours per day").fill("7.5");
  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.locator(".toast p"), "Profile saved.");
  const me = await person.api("GET", "/auth/me");
  assert.deepEqual([me.time_zone, me.workday_minutes], ["Asia/Kathmandu", 450]);

  await page.getByLabel("Time zone").fill("Middle/Earth");
  troubles.allow(422);
  await page.getByRole("button", { name: "Save" }).click();
  await reads(page.locator("#profile-time-zone-error"), "Unknown time zone. Try Europe/Berlin.");
  await focused(page.getByLabel("Time zone"));
  // Once, at the field.
  await counts(page.locator("#profile .alert"), 0);
  await holds(page.getByLabel("Time zone"), "Middle/Earth");
  await unmoved(page);
  assert.equal((await person.api("GET", "/auth/me")).time_zone, "Asia/Kathmandu");
});

scene("a password changes only with the current one, and ends the other sessions", { as: "someone" }, async ({ page, person, troubles }) => {
  await device(troubles, async (other) => {
    await signIn(other, person);
    await page.goto("/account");
    await counts(page.locator("#sessions li"), 3);
    await mark(page);
    const current = page.getByRole("textbox", { name: "Current password" });
    const next = page.getByRole("textbox", { name: "New password" });
    const change = page.getByRole("button", { name: "Change password" });

    await current.fill("not the password");
    await next.fill("lantern-pebble-fjord-3");
    troubles.allow(403);
    await change.click();
    await reads(page.locator("#password-current-error"), "Wrong current password.");
    await focused(current);
    await counts(page.locator("#password .alert"), 0);
    await holds(current, "");
    await holds(next, "");

    await current.fill(person.password);
    await next.fill("password1");
    troubles.allow(422);
    await change.click();
    await reads(page.locator("#password-new-error"), "Too easy to guess. Try a few random words.");

    await current.fill(person.password);
    await next.fill("lantern-pebble-fjord-3");
    await page.getByRole("button", { name: "Show New password" }).click();
    assert.equal(await next.getAttribute("type"), "text");
    await change.click();
    await reads(page.locator(".toast p"), "Password changed. Other devices were signed out.");
    await counts(page.locator("#sessions li"), 1);
    await holds(next, "");
    await unmoved(page);
    await page.reload();
    await counts(page.locator("#sessions li"), 1);

    await other.goto("/dashboard");
    assert.equal(new URL(other.url()).pathname, "/login");
    await other.getByLabel("Username").fill(person.username);
    await other.getByRole("textbox", { name: "Password", exact: true }).fill(person.password);
    troubles.allow(401);
    await other.getByRole("button", { name: "Sign in" }).click();
    await reads(other.locator(".alert"), "Wrong username or password.");
    await signIn(other, { ...person, password: "lantern-pebble-fjord-3" });
  });
});

scene("another session can be ended, and is dead at once", { as: "someone" }, async ({ page, person, troubles }) => {
  await device(troubles, async (other) => {
    await signIn(other, person);
    await other.goto("/account");
    await page.goto("/account");
    const lines = page.locator("#sessions li");
    await counts(lines, 3);
    await reads(lines.first(), /This device.*Sign out$/);
    await mark(page);
    for (let left = 2; left > 0; left--) {
      await lines.nth(1).getByRole("button", { name: /^Sign out \S/ }).click();
      await counts(lines, left);
    }
    await reads(page.locator(".toast p").first(), "Device signed out.");
    await unmoved(page);
    await other.reload();
    assert.equal(new URL(other.url()).pathname, "/login");
    assert.equal(new URL(other.url()).searchParams.get("next"), "/account");
    // Signing in leads on to where one wanted to go.
    await other.getByLabel("Username").fill(person.username);
    await other.getByRole("textbox", { name: "Password", exact: true }).fill(person.password);
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.waitForURL("**/account");
    await other.locator("#sessions").getByRole("button", { name: "Sign out", exact: true }).click();
    await other.waitForURL("**/login");
  });
});

scene("the next page of a dead session is the sign-in, and leads back", { as: "someone" }, async ({ page, person, troubles }) => {
  await person.add(...Array.from({ length: 31 }, (_, index) => `task ${index}`));
  await page.goto("/dashboard");
  await device(troubles, async (other) => {
    await signIn(other, person);
    await other.goto("/account");
    for (let left = 2; left > 0; left--) {
      await other.getByRole("button", { name: /^Sign out \S/ }).first().click();
      await counts(other.locator("#sessions li"), left);
    }
  });
  await page.getByRole("link", { name: "Load more" }).click();
  await page.waitForURL("**/login?next=**");
  await page.getByLabel("Username").fill(person.username);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/dashboard");
  await rowOf(page, "task 30").waitFor();
});

scene("days are the person's own", { as: "someone" }, async ({ page, person }) => {
  const day = (zone) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());
  const [task] = await person.add("Where am I");
  // At every moment one of these two is on another day than UTC.
  for (const zone of ["Pacific/Kiritimati", "Pacific/Pago_Pago"]) {
    await person.api("PATCH", "/auth/me", { time_zone: zone });
    await eventually(async () => {
      await page.goto(`/task/${task.id}`);
      assert.equal(await page.getByLabel("Worked on").inputValue(), day(zone));
    });
  }
});
