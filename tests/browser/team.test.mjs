// The team's pages: what an administrator sees and does, in every state, with script and without, by keyboard alone.
import assert from "node:assert/strict";
import { looks, views } from "./axe.mjs";
import { grantAdmin, stack } from "./stack.mjs";
import { counts, eventually, focused, holds, mark, person, reads, scene, unmoved } from "./support.mjs";

const long = "A title that goes on with Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenantragsformular until it must break";
const at = await stack("--limit-factor", "1000");

/** A scene of an administrator's. */
const ruled = (name, options, play) => scene(name, { as: "someone", at, ...options }, async (given) => {
  grantAdmin(at, given.person);
  await play(given);
});

const rowOf = (page, { username }) => page.locator(".row-person", { has: page.getByRole("link", { name: username, exact: true }) });

for (const { scheme, width } of views(320, 390, 1280)) {
  ruled(`every page of the team, ${scheme}, ${width} px`, { scheme, width, touch: width < 600 }, async ({ page, context, person: admin, troubles }) => {
    await page.goto("/team");
    await looks(page, "overview");
    const other = await person(at.url);
    const { id } = await other.api("GET", "/auth/me");
    const [task] = await other.add(
      { title: long, due_on: "2024-02-29", estimate_minutes: 10, total_minutes: 1440 },
      { title: "begun", status: "in_progress", due_on: "2099-12-24" },
      { title: "finished", status: "done", total_minutes: 90 },
      ...Array.from({ length: 31 }, (_, index) => `task ${index}`),
    );
    // Statistics are made behind the work.
    await eventually(async () => {
      await page.goto(`/team/people/${id}`);
      assert.match(await page.locator(".tiles").textContent(), /Tasks34/);
    });
    await looks(page, "a person");
    await page.getByText("Show as table").click();
    await looks(page, "a person's days");
    await page.goto(`/team/people/${id}?status=in_progress`);
    await looks(page, "a person's tasks of one status");
    await page.goto("/team");
    await counts(page.locator(".chart-bar"), 1);
    await page.getByText("Show as table").click();
    await looks(page, "overview with numbers");

    await page.goto("/team/people");
    await looks(page, "people");
    await rowOf(page, other).getByLabel(/^Actions for/).click();
    await looks(page, "what can be done to a person");
    await rowOf(page, other).getByText("Deactivate…").click();
    await looks(page, "a question before somebody is deactivated");
    await rowOf(page, other).getByRole("button", { name: "Deactivate" }).click();
    await rowOf(page, other).locator(".badge-danger").waitFor();
    await looks(page, "somebody shut out");
    await page.goto("/team/people");
    await page.getByRole("button", { name: "Create invite" }).click();
    await holds(page.getByLabel("Link", { exact: true }), /\/signup\?invite=/);
    await looks(page, "an invite");
    const invite = await page.getByLabel("Link", { exact: true }).inputValue();
    await page.goto("/team/people");
    await looks(page, "people with an invite");

    await page.goto("/team/tasks");
    await looks(page, "tasks");
    await page.goto("/team/tasks?name=nobody-at-all");
    await looks(page, "tasks of nobody");
    await page.goto(`/team/tasks?person=${id}&status=todo`);
    await looks(page, "tasks of a person");
    await page.getByRole("link", { name: "Assign… task 30" }).click();
    await looks(page, "assignment");
    troubles.allow(422);
    await page.getByLabel("Username").fill("nobody-at-all");
    await page.getByRole("button", { name: "Assign" }).click();
    await page.locator("#assign-username-error").waitFor();
    await looks(page, "assignment refused");

    await page.goto("/team/audit");
    await looks(page, "audit trail");
    await page.goto(`/team/audit?person=${id}&what=left`);
    await looks(page, "nothing in the audit trail");

    await page.goto(`/team/people/${id}`);
    await page.getByRole("button", { name: "Reset password…" }).click();
    const link = await page.getByLabel("Link", { exact: true }).inputValue();
    await looks(page, "a link for a new password");
    await page.goto("/week");
    await looks(page, "week");
    await admin.add({ title: long, status: "done", total_minutes: 5 });
    await page.goto("/week");
    await looks(page, "week with something finished");
    assert.ok(task.id);

    await context.clearCookies();
    await page.goto(link);
    await looks(page, "a new password");
    troubles.allow(422);
    await page.getByRole("textbox", { name: "New password" }).fill("password");
    await page.getByRole("button", { name: "Save password" }).click();
    await page.locator("#reset-password-error").waitFor();
    await looks(page, "a new password refused");
    await page.goto("/reset?code=gone");
    await looks(page, "a link that is not good");
    await page.goto(invite);
    await looks(page, "sign-up by an invite");
  });
}

for (const script of [true, false]) {
  const how = script ? "with script" : "without script";

  ruled(`accounts are changed and links are handed over, ${how}`, { script }, async ({ page, context, person: admin }) => {
    const other = await person(at.url);
    await page.goto("/dashboard");
    await page.getByRole("link", { name: "Team", exact: true }).click();
    await reads(page.locator("h1"), "Team");
    await page.getByRole("link", { name: "People", exact: true }).click();
    await mark(page);
    const act = async (what) => {
      await rowOf(page, other).getByLabel(/^Actions for/).click();
      await rowOf(page, other).getByRole("button", { name: what }).click();
    };
    // What is hard to take back asks first, and names whom it is about.
    const ask = async (what, question) => {
      await rowOf(page, other).getByLabel(/^Actions for/).click();
      const asked = rowOf(page, other).locator(".ask").filter({ hasText: `${what}…` });
      await reads(asked.locator("summary"), `${what}…`);
      assert.equal(await asked.getByRole("button").isVisible(), false);
      await asked.locator("summary").click();
      await reads(asked.locator("p"), question);
      await asked.getByRole("button", { name: what }).click();
    };
    await ask("Make admin", new RegExp(`^Make ${other.username} an admin\\? `));
    await reads(page.locator(".toast p").last(), script ? `${other.username} is now an admin.` : "Admin added.");
    await rowOf(page, other).locator(".badge-accent").waitFor();
    await ask("Remove admin", new RegExp(`^Remove admin from ${other.username}\\? `));
    await reads(page.locator(".toast p").last(), script ? `${other.username} is no longer an admin.` : "Admin removed.");
    await ask("Deactivate", new RegExp(`^Deactivate ${other.username}\\? `));
    await reads(page.locator(".toast p").last(), script ? `${other.username} was deactivated and signed out.` : "Account deactivated and signed out.");
    await act("Reactivate");
    await reads(page.locator(".toast p").last(), script ? `${other.username} was reactivated.` : "Account reactivated.");
    if (script) await unmoved(page);

    await act("Reset password…");
    await reads(page.locator("h1"), `Reset link for ${other.username}`);
    const link = await page.getByLabel("Link", { exact: true }).inputValue();
    assert.ok(link.startsWith(`${at.url}/reset?code=`), link);
    if (script) {
      await page.getByRole("button", { name: "Copy" }).click();
      await reads(page.locator("#announce"), /^(Copied\.|Selected\. Copy it by hand\.)$/);
    } else {
      await counts(page.getByRole("button", { name: "Copy" }), 0);
    }
    await page.getByRole("link", { name: "Done", exact: true }).click();
    await reads(page.locator("h1"), "People");

    await context.clearCookies();
    await page.goto("/login");
    await page.getByText("Forgot your password?").click();
    await page.getByText("Ask an admin").waitFor();
    await page.goto(link);
    await page.getByRole("textbox", { name: "New password" }).fill("lantern-pebble-fjord-3");
    await page.getByRole("button", { name: "Save password" }).click();
    await reads(page.locator(".toast p"), "Password changed. Sign in.");
    await page.getByLabel("Username").fill(other.username);
    await page.getByRole("textbox", { name: "Password", exact: true }).fill("lantern-pebble-fjord-3");
    await page.getByRole("button", { name: "Sign in" }).click();
    await reads(page.locator(".topbar-end"), new RegExp(other.username));
    await counts(page.getByRole("link", { name: "Team", exact: true }), 0);
    assert.notEqual(admin.username, other.username);
  });

  ruled(`a task is found by its owner and given to somebody, ${how}`, { script }, async ({ page }) => {
    const [from, to] = [await person(at.url), await person(at.url)];
    await from.add("Travels", "Stays");
    await page.goto("/team/tasks");
    await page.getByLabel("Person").fill(from.username);
    await page.getByRole("button", { name: "Filter" }).click();
    await counts(page.locator(".row-owned"), 2);
    await page.getByRole("link", { name: "Assign… Travels" }).click();
    await reads(page.locator("h2").first(), "Travels");
    await page.getByLabel("Username").fill(to.username);
    await page.getByRole("button", { name: "Assign", exact: true }).click();
    await reads(page.locator(".toast p"), "Task assigned.");
    await counts(page.locator(".row-owned"), 1);
    assert.equal((await to.api("GET", "/tasks"))[0].title, "Travels");
    await page.getByRole("link", { name: "Audit trail" }).click();
    await page.getByLabel("Kind").selectOption("Task assigned");
    await page.getByLabel("Person").fill(to.username);
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL(/what=assigned/);
    await page.goto("/team/audit?what=assigned");
    await reads(page.locator("#audit-events .grow").first(), new RegExp(`reassigned “Travels” from ${from.username} to ${to.username}$`));
  });

  ruled(`invites are made and taken back, ${how}`, { script }, async ({ page }) => {
    await page.goto("/team/people");
    await page.getByRole("button", { name: "Create invite" }).click();
    await holds(page.getByLabel("Link", { exact: true }), new RegExp(`^${at.url}/signup\\?invite=`));
    await page.getByRole("link", { name: "Done", exact: true }).click();
    const before = await page.locator("#invite-lines li").count();
    await page.getByRole("button", { name: "Revoke" }).first().click();
    await counts(page.locator("#invite-lines li"), before - 1);
    await reads(page.locator(".toast p").last(), "Invite revoked.");
  });
}

ruled("a week has what was finished in it", {}, async ({ page, person: admin }) => {
  await page.goto("/week");
  await reads(page.locator("#week-finished"), "Finished Nothing finished this week.");
  const [done] = await admin.add("Over and done", "Still open");
  await admin.api("POST", `/tasks/${done.id}/time`, { minutes: 30 });
  await admin.api("POST", `/tasks/${done.id}/status`, { status: "done" });
  await page.goto("/week");
  await reads(page.locator(".tile").first(), "Logged30m");
  await reads(page.locator(".tile").nth(1), "Finished1 task");
  await reads(page.locator("#week-finished li"), /^Over and done30m/);
});

ruled("the team is reached and ruled by keyboard alone", {}, async ({ page, person: admin, troubles }) => {
  const follow = async (name) => {
    const link = page.getByRole("link", { name, exact: true });
    await link.focus();
    await page.keyboard.press("Enter");
  };
  await page.goto("/dashboard");
  await follow("Team");
  await reads(page.locator("h1"), "Team");
  await follow("People");
  await reads(page.locator("h1"), "People");
  const other = await person(at.url);
  await page.reload();
  const acts = rowOf(page, other).getByLabel(/^Actions for/);
  await acts.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await focused(rowOf(page, other).getByText("Make admin…"));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await focused(rowOf(page, other).getByRole("button", { name: "Make admin" }));
  await page.keyboard.press("Enter");
  await rowOf(page, other).locator(".badge-accent").waitFor();
  await focused(rowOf(page, other).getByLabel(/^Actions for/));
  const { id } = await admin.api("GET", "/auth/me");
  await page.goto(`/team/people/${id}`);
  await page.getByText("Remove admin…").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Remove admin" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard");
  await counts(page.getByRole("link", { name: "Team", exact: true }), 0);
  troubles.allow(403);
  await page.goto("/team");
  await reads(page.locator("h1"), "No access");
});

for (const width of [390, 1280]) {
  ruled(`nothing moves while a page of the team loads, ${width} px`, { width }, async ({ page, person: admin }) => {
    await admin.add(...Array.from({ length: 40 }, (_, index) => `task ${index}`));
    const { id } = await admin.api("GET", "/auth/me");
    await page.addInitScript(() => {
      window.shifts = [];
      new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value, sources }) =>
        `${value.toFixed(4)} ${sources.map(({ node }) => node?.outerHTML?.slice(0, 80)).join(" | ")}`)))
        .observe({ type: "layout-shift", buffered: true });
    });
    for (const path of ["/team", "/team/people", `/team/people/${id}`, "/team/tasks", "/team/audit", "/week", "/reset?code=x"]) {
      await page.goto(path);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      assert.deepEqual(await page.evaluate(() => window.shifts), [], path);
    }
  });
}
