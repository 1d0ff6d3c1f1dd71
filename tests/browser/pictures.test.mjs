// Every page as it looks, in both schemes, on a phone and on a desk, with a sprint's work on it: in out/pictures, to be
// looked at. Those that the documentation shows are in out/pictures/docs as well.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { grantAdmin, stack } from "./stack.mjs";
import { counts, person, scene, signIn } from "./support.mjs";

const folder = fileURLToPath(new URL("out/pictures/", import.meta.url));
mkdirSync(`${folder}docs`, { recursive: true });

/** What the documentation shows, by the page and how it is seen. */
const shown = new Map([
  ["dashboard-light-1440", "list"], ["board-dark-1440", "board"], ["dashboard-dark-390", "phone"],
  ["palette-light-1440", "palette"], ["conflict-light-1440", "conflict"], ["week-light-1440", "week"], ["team-light-1440", "team"],
]);

const demo = await stack("--demo", "--limit-factor", "1000");
const planner = signInOf("planner");
const newcomer = await person(demo.url);
const lead = await person(demo.url);
grantAdmin(demo, lead);
const api = await program();

/** The demo says its sign-ins once, at the start. */
function signInOf(username) {
  const line = demo.said.find((line) => line.trim().startsWith(`${username} `));
  return { username, password: line.trim().split(/\s+/)[1] };
}

/** The planner's own program, which does what other tabs and days would have done. */
async function program() {
  const login = await fetch(`${demo.url}/auth/login`, {
    method: "POST", body: JSON.stringify(planner), headers: { "content-type": "application/json" },
  });
  const { access_token: token } = await login.json();
  return async (method, path, body) => {
    const answer = await fetch(demo.url + path, {
      method, headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) }, body: body && JSON.stringify(body),
    });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
    return answer.status === 204 ? null : answer.json();
  };
}

const tasks = await api("GET", "/tasks?limit=50");
const task = tasks.find(({ status, total_minutes: minutes }) => status === "in_progress" && minutes > 0);
const [gone] = await Promise.all([api("POST", "/tasks", { title: "Order stickers for the launch", estimate_minutes: 15 })]);
await api("POST", `/tasks/${gone.id}/time`, { minutes: 10, note: "Compared three printers" });
await api("DELETE", `/tasks/${gone.id}`);
for (const [minutes, note] of [[50, "Review with Ada"], [25, "Wrote it down"]]) await api("POST", `/tasks/${task.id}/time`, { minutes, note });
await api("POST", `/tasks/${tasks.find(({ status }) => status === "todo").id}/timer/start`);
await api("POST", "/ai/suggest", { mode: "plan" });

for (const scheme of ["light", "dark"]) {
  for (const width of [390, 1440]) {
    scene(`pictures, ${scheme}, ${width} px`, { at: demo, scheme, width, touch: width < 600 }, async ({ page, context, troubles }) => {
      const devtools = await context.newCDPSession(page);
      const picture = async (name, { whole = true } = {}) => {
        const file = `${name}-${scheme}-${width}`;
        await page.screenshot({ path: `${folder}${file}.png`, fullPage: whole, animations: "disabled" });
        if (!shown.has(file)) return;
        await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
        const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: 85 });
        writeFileSync(`${folder}docs/${shown.get(file)}.webp`, Buffer.from(data, "base64"));
      };
      const visit = async (name, path) => {
        await page.goto(path);
        await picture(name);
      };

      await visit("sign-in", "/login");
      await visit("sign-up", "/signup");
      troubles.allow(401);
      await page.goto("/login");
      await page.getByLabel("Username").fill("planner");
      await page.getByRole("textbox", { name: "Password", exact: true }).fill("not this one");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.locator(".alert").waitFor();
      await picture("sign-in-refused");

      await context.addCookies([newcomer.cookie]);
      await visit("empty", "/dashboard");
      await visit("empty-board", "/dashboard?view=board");
      await visit("empty-filter", "/dashboard?status=done");
      await visit("empty-trash", "/trash");
      await visit("empty-day", "/day");
      await visit("empty-week", "/week");
      await context.clearCookies();

      await signIn(page, planner);
      await visit("dashboard", "/dashboard");
      await visit("board", "/dashboard?view=board");
      await visit("filter", "/dashboard?q=customer");
      await visit("nothing-found", "/dashboard?q=zebra");
      await visit("task", `/task/${task.id}`);
      await page.getByLabel("Description").fill("Credit on the next invoice. Finance agrees; the handbook says so from Monday on.");
      await api("PATCH", `/tasks/${task.id}`, { description: `A refund, as in the old contracts (${scheme}, ${width}).` });
      troubles.allow(412);
      await page.getByRole("button", { name: "Save" }).click();
      await page.locator(".alert-warn").waitFor();
      await picture("conflict");
      await page.getByRole("link", { name: "Use theirs" }).click();
      await counts(page.locator(".theirs"), 0);

      await visit("day", "/day");
      await visit("week", "/week");
      await page.goto("/dashboard");
      await page.keyboard.press("Control+k");
      await page.keyboard.type("re");
      await page.locator("#palette-found [role=option]").first().waitFor();
      await picture("palette", { whole: false });
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      await page.locator("#help[open]").waitFor();
      await picture("help", { whole: false });
      await page.goto("/trash");
      await page.keyboard.press("n");
      await page.locator("#quick-add-dialog[open]").waitFor();
      await picture("new-task", { whole: false });
      await visit("trash", "/trash");
      await visit("account", "/account");
      await visit("export", "/account/export");
      troubles.allow(404);
      await visit("not-found", "/nothing");

      await context.clearCookies();
      await context.addCookies([lead.cookie]);
      await visit("team", "/team");
      await visit("team-people", "/team/people");
      await page.locator(".row-person .menu > summary").last().click();
      await picture("team-person-menu", { whole: false });
      await page.keyboard.press("Escape");
      await page.getByRole("link", { name: "planner", exact: true }).click();
      await page.waitForURL("**/team/people/*");
      await picture("team-person");
      await page.getByText("Deactivate…").click();
      await picture("team-person-ask", { whole: false });
      await visit("team-tasks", "/team/tasks");
      await page.getByRole("link", { name: /^Assign…/ }).first().click();
      await page.waitForURL("**/assign**");
      await picture("team-assign");
      await visit("team-audit", "/team/audit");
      await page.goto("/team/people");
      await page.getByRole("button", { name: "Create invite" }).click();
      await page.getByLabel("Link", { exact: true }).waitFor();
      await picture("team-invite");
      await context.clearCookies();
      await visit("reset-gone", "/reset?code=gone");
    });
  }
}
