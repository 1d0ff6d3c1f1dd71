// What every scene needs: a browser, people, and the strict rule that nothing goes wrong unasked.
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, test } from "node:test";
import { chromium } from "playwright-core";

export const base = process.env.SPRINTSYNC_URL ?? "http://localhost:8080";
const here = fileURLToPath(new URL(".", import.meta.url));
const out = `${here}out/`;

const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  .find((path) => path && existsSync(path));

const args = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  // Whatever a page would fetch from elsewhere is not found.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
];

export const launch = { executablePath, args };

let launched;
// Without a profile folder Chromium gets a new, empty one.
export const browser = () => (launched ??= chromium.launch(launch));
after(async () => (await launched)?.close());

/** Asks until `check` no longer throws, and throws its last complaint after half a minute. */
export async function eventually(check) {
  const end = Date.now() + 30_000;
  for (;;) {
    try {
      return await check();
    } catch (complaint) {
      if (Date.now() > end) throw complaint;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

// Without what keeps a title's direction apart from its sentence's.
export const squeezed = (text) => text.replace(/[\u2068\u2069]/g, "").replace(/\s+/g, " ").trim();

/** The text of a place, once it is this. */
export const reads = (place, expected) => eventually(async () => {
  const text = squeezed(await place.textContent({ timeout: 1000 }));
  if (expected instanceof RegExp) assert.match(text, expected);
  else assert.equal(text, expected);
});

/** How many there are, once there are as many. */
export const counts = (places, expected) => eventually(async () => assert.equal(await places.count(), expected));

export const holds = (field, expected) => eventually(async () => {
  const value = await field.inputValue({ timeout: 1000 });
  if (expected instanceof RegExp) assert.match(value, expected);
  else assert.equal(value, expected);
});

/** The field or button that has the focus. */
export const focused = (place) => eventually(async () =>
  assert.ok(await place.evaluate((element) => element === document.activeElement, null, { timeout: 1000 }), "it has the focus"));

let made = 0;
const unique = () => `p${process.pid}-${Date.now().toString(36)}-${made++}`;

/** Someone who has signed up, with the cookie of a browser's session and a program's token. */
export async function person(at = base) {
  const username = unique();
  const password = "walnut-orbit-candle-9";
  const form = new URLSearchParams({ username, password, time_zone: "Europe/Berlin", next: "" });
  const answer = await fetch(`${at}/web/signup`, {
    method: "POST", body: form, redirect: "manual", headers: { origin: at, "sec-fetch-site": "same-origin" },
  });
  assert.equal(answer.status, 303, `${username} signed up`);
  const [name, value] = answer.headers.getSetCookie()[0].split(";")[0].split("=");
  const login = await fetch(`${at}/auth/login`, {
    method: "POST", body: JSON.stringify({ username, password }), headers: { "content-type": "application/json" },
  });
  const token = (await login.json()).access_token;
  const api = async (method, path, body) => {
    const answer = await fetch(at + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    assert.ok(answer.ok, `${method} ${path} was answered with ${answer.status}`);
    return answer.status === 204 ? null : answer.json();
  };
  return {
    username,
    password,
    api,
    // A `__Host-` cookie can only be put in under the name of a secure place; browsers count localhost as one.
    cookie: { name, value, url: at.replace("http:", "https:"), secure: true, httpOnly: true },
    /** Adds tasks one after the other, so that the last is the newest. */
    add: async (...tasks) => {
      const added = [];
      for (const task of tasks) added.push(await api("POST", "/tasks", typeof task === "string" ? { title: task } : task));
      return added;
    },
  };
}

/** Collects what goes wrong in a context; `troubles.allow` names the statuses that a scene provokes. */
export class Troubles {
  found = [];
  statuses = new Map();

  /** The scene provokes this many answers of a status, or failed requests ("network"). */
  allow(status, times = 1) {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + times);
  }

  #allowed(status) {
    const left = this.statuses.get(status) ?? 0;
    this.statuses.set(status, left - 1);
    return left > 0;
  }

  watch(page) {
    // A failed answer is judged by its status; that Chromium also writes it to the console says nothing new.
    page.on("console", (message) => {
      const known = /^Failed to load resource/.test(message.text()) || (this.networkWasAllowed && /ERR_FAILED|Failed to fetch/.test(message.text()));
      if (["error", "warning"].includes(message.type()) && !known) this.found.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.found.push(`script: ${error.message}`));
    page.on("requestfailed", (request) => {
      // The icon alone is given up when one leaves a page before it has come; a missing one answers 404.
      const left = request.failure().errorText === "net::ERR_ABORTED";
      // So is what the script only asks for: a page in advance or again, and what the palette looks for.
      const asks = request.method() === "GET" && request.resourceType() === "fetch";
      if (left && (/\/favicon\./.test(request.url()) || asks)) return;
      if (this.#allowed("network")) return;
      this.found.push(`failed: ${request.method()} ${request.url()} ${request.failure().errorText}`);
    });
    page.on("response", (response) => {
      if (response.status() < 400 || this.#allowed(response.status())) return;
      this.found.push(`${response.status()}: ${response.request().method()} ${response.url()}`);
    });
  }

  allowNetwork() {
    this.networkWasAllowed = true;
    this.allow("network");
  }

  forget() {
    this.found = [];
    this.statuses.clear();
  }

  none() {
    assert.deepEqual([...new Set(this.found)], [], "nothing goes wrong in the browser");
    for (const [status, left] of this.statuses) assert.equal(left, 0, `answers ${status} that were expected and did not come`);
  }
}

/** A browser of its own, with nothing kept from before, whose troubles are collected. */
async function fresh(troubles, options) {
  const context = await (await browser()).newContext({ baseURL: base, timezoneId: "Europe/Berlin", locale: "en-GB", ...options });
  context.setDefaultTimeout(30_000);
  context.on("page", (page) => troubles.watch(page));
  // Chromium writes to the console what the policy forbade; said by the page too, no change of wording hides it.
  await context.addInitScript(() => document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.effectiveDirective} forbids ${event.blockedURI} ${event.sample}`)));
  return context;
}

/**
 * One test in a context of its own. `as: "someone"` signs a new person in. The scene gets the page, the person,
 * `open()` for another page of the same browser session, and `troubles`.
 */
export function scene(name, { script = true, scheme = "light", width = 1280, as, at, touch } = {}, play) {
  test(name, { timeout: 300_000 }, async () => {
    const troubles = new Troubles();
    const context = await fresh(troubles, {
      baseURL: at?.url ?? base, javaScriptEnabled: script, colorScheme: scheme, viewport: { width, height: width < 600 ? 844 : 800 },
      hasTouch: touch,
    });
    const who = as && (await person(at?.url));
    if (who) await context.addCookies([who.cookie]);
    const page = await context.newPage();
    try {
      await play({ page, context, troubles, person: who, open: () => context.newPage() });
      troubles.none();
    } catch (error) {
      mkdirSync(out, { recursive: true });
      const picture = `${out}${name.replace(/\W+/g, "-")}.png`;
      await page.screenshot({ path: picture }).catch(() => {});
      error.message += `\n  at ${page.url()}, picture in ${picture}\n  troubles: ${JSON.stringify(troubles.found)}`;
      throw error;
    } finally {
      await context.close();
    }
  });
}

/** A second browser, of somebody else or on another device. */
export async function device(troubles, play) {
  const context = await fresh(troubles);
  try {
    return await play(await context.newPage());
  } finally {
    await context.close();
  }
}

export async function signIn(page, { username, password }) {
  await page.goto("/login");
  await page.getByLabel("Username").fill(username);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/dashboard");
}

/** Goes to the end of the page, where a list goes on by itself: its button would be gone under the pointer. */
export const toTheEnd = (page) => page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));

/** The row of a task on the dashboard. */
export const rowOf = (page, title) => page.locator(".row:visible", { has: page.getByRole("link", { name: title, exact: true }) });

export const titles = (page) => page.locator(".row:visible .row-title").allTextContents();

/** The list shows exactly these, from the top. */
export const lists = (page, expected) => eventually(async () => assert.deepEqual(await titles(page), expected));

export async function addTask(page, title) {
  await page.getByLabel("Title of a new task").fill(title);
  await page.getByRole("button", { name: "Add", exact: true }).click();
}

/** Opens the menu of a row and moves the task. */
export async function move(page, title, to) {
  const row = rowOf(page, title);
  await row.locator("summary").first().click();
  await row.getByRole("button", { name: to, exact: true }).click();
}

export const statusOf = (page, title) => rowOf(page, title).locator("summary").first();

/** Marks the page, so that `unmoved` can tell whether it was loaded again since. */
export const mark = (page) => page.evaluate(() => { window.marked = true; });
export const unmoved = async (page) => assert.ok(await page.evaluate(() => window.marked === true), "the page was not loaded again");
