#!/usr/bin/env node
// What a page costs whoever opens it on a slow phone: bytes and requests, what moves, and how busy the main thread is.
//   tests/bench/pages.mjs --out FILE [--runs 3] [--only REGEXP]
// Starts a stack of its own on an empty folder and a free port. SPRINTSYNC_BIN names the program, CHROMIUM the browser;
// what else is needed tests/browser/run --install brings.
import { existsSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { grantAdmin, start } from "../browser/stack.mjs";

const root = new URL("../../", import.meta.url);
const { chromium } = createRequire(new URL("tests/browser/", root))("playwright-core");

/**
 * Lighthouse's slow 4G (150 ms there and back, 1.6 and 0.75 Mbit/s) as it is told to Chromium: DevTools delays requests,
 * not packets, so the handshakes of a first connection are in each request's latency (3.75 times the round trip), and a
 * tenth of the line goes to headers below HTTP. These are the figures of `--throttling-method=devtools`, so that anyone
 * can compare, and they are the harder ones: over one kept connection only the first request waits that long.
 */
const kilobit = 1024 / 8;
const slow4g = { offline: false, latency: 562.5, downloadThroughput: 1474.56 * kilobit, uploadThroughput: 675 * kilobit };
const fourTimesSlower = 4;

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

const launch = {
  executablePath: [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .find((path) => path && existsSync(path)),
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
  ],
};

const password = "walnut-orbit-candle-9";

/** Someone new, with the cookie of a browser's session and a program's token. */
async function signUp(url, username) {
  const form = new URLSearchParams({ username, password, time_zone: "Europe/Berlin", next: "" });
  const origin = { origin: url, "sec-fetch-site": "same-origin" };
  const answer = await fetch(`${url}/web/signup`, { method: "POST", body: form, redirect: "manual", headers: origin });
  if (answer.status !== 303) throw new Error(`${username} could not sign up: ${answer.status}`);
  const [name, value] = answer.headers.getSetCookie()[0].split(";")[0].split("=");
  const json = { "content-type": "application/json" };
  const login = await fetch(`${url}/auth/login`, { method: "POST", headers: json, body: JSON.stringify({ username, password }) });
  const { access_token: token } = await login.json();
  const api = async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}`, ...(body && json) };
    const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}`);
    return answer.status === 204 ? null : answer.json();
  };
  const secure = { url: url.replace("http:", "https:"), secure: true, httpOnly: true };
  return { username, api, cookie: { name, value, ...secure } };
}

/** Asks until it is so, since statistics are made behind the work. */
async function until(check) {
  for (const end = Date.now() + 20_000; !(await check());) {
    if (Date.now() > end) throw new Error("what was done has not been counted within 20 s");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const statuses = ["todo", "in_progress", "done"];

/**
 * A team of six with 48 tasks of the administrator's, a third of each status, with estimates, minutes, a plan and a day:
 * more than a list shows at once, so that what pages cost here is what they cost with any number.
 * Names are fixed, so that each page weighs the same each time. Gives the pages, and the cookie that opens them.
 */
export async function furnish(stack) {
  const { url } = stack;
  const admin = await signUp(url, "maria.admin");
  grantAdmin(stack, admin);
  const others = [];
  for (const name of ["amina.k", "ben.ortega", "chidi", "dana-lu", "erik_s"]) others.push(await signUp(url, name));
  const tasks = [];
  for (let number = 0; number < 48; number++) {
    tasks.push(await admin.api("POST", "/tasks", {
      title: `Thread ${10_000 + number} of the support inbox`, status: statuses[number % 3], estimate_minutes: 30,
      description: "What was asked, what was tried, and what is left to do before it can be answered.\n", total_minutes: number % 4 ? 0 : 15,
    }));
  }
  const theirs = [];
  for (const other of others) theirs.push(await other.api("POST", "/tasks", { title: "A task of somebody else's", total_minutes: 25 }));
  const dropped = await admin.api("POST", "/tasks", { title: "Dropped before it was begun" });
  await admin.api("DELETE", `/tasks/${dropped.id}`);
  await until(async () => (await admin.api("GET", "/auth/admin/stats")).system_overview.total_tasks === tasks.length + others.length);
  const task = tasks.at(-2);
  const { id } = await others[0].api("GET", "/auth/me");
  const signedIn = {
    dashboard: "/dashboard", board: "/dashboard?view=board", found: "/dashboard?q=inbox", task: `/task/${task.id}`, day: "/day",
    week: "/week", account: "/account", export: "/account/export", trash: "/trash", team: "/team", people: "/team/people",
    person: `/team/people/${id}`, team_tasks: "/team/tasks", their_task: `/team/tasks/${theirs[0].id}`, assign: `/team/tasks/${task.id}/assign`, audit: "/team/audit",
    // Last, since from then on every dashboard has it.
    plan: "/dashboard",
  };
  const plan = () => admin.api("POST", "/ai/suggest", { mode: "plan" });
  const page = (name, path, more) => ({ name, path, ...more });
  return {
    cookie: admin.cookie,
    pages: [
      page("sign_in", "/login", { anyone: true }), page("sign_up", "/signup", { anyone: true }), page("docs", "/docs", { anyone: true }),
      page("reset", "/reset?code=gone", { anyone: true }),
      ...Object.entries(signedIn).map(([name, path]) => page(name, path, name === "plan" && { before: plan })),
    ],
  };
}

/** What runs in the page from its first moment on. */
function watch() {
  window.measured = { shift: 0, lcp: 0, longest: 0 };
  const observe = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  // The sum, which is never less than the score that counts the worst five seconds.
  observe("layout-shift", ({ value }) => { window.measured.shift += value; });
  observe("largest-contentful-paint", ({ startTime }) => { window.measured.lcp = startTime; });
  observe("longtask", ({ duration }) => { window.measured.longest = Math.max(window.measured.longest, duration); });
}

const metrics = async (devtools) =>
  Object.fromEntries((await devtools.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value * 1000]));

/** Waits until nothing comes any more and the main thread has next to nothing to do. */
async function settle(page, devtools) {
  await page.waitForLoadState("networkidle");
  for (let before = await metrics(devtools), quiet = 0; quiet < 2;) {
    await page.waitForTimeout(150);
    const now = await metrics(devtools);
    quiet = now.TaskDuration - before.TaskDuration < 15 ? quiet + 1 : 0;
    before = now;
  }
}

/** Opens a page in a new tab of this browser session, and says what that cost. */
async function open(context, url, { path }, slowdown) {
  const page = await context.newPage();
  try {
    await page.addInitScript(watch);
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", slow4g);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    // CPU time, of which the slowdown is a part, and which does not count what else the machine does.
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    const [requests, kept] = [new Map(), new Set()];
    devtools.on("Network.requestServedFromCache", ({ requestId }) => kept.add(requestId));
    devtools.on("Network.responseReceived", ({ requestId, response }) => {
      // What a date field draws for itself has an address, but comes from nowhere.
      if (response.url.startsWith(url) && !response.fromDiskCache) requests.set(requestId, { url: response.url, bytes: 0 });
    });
    devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength: bytes }) => Object.assign(requests.get(requestId) ?? {}, { bytes }));
    const answer = await page.goto(url + path);
    if (answer.status() !== 200 || page.url() !== url + path) throw new Error(`${path}: ${answer.status()} at ${page.url()}`);
    await settle(page, devtools);
    const { TaskDuration, ScriptDuration, LayoutDuration, RecalcStyleDuration } = await metrics(devtools);
    const { shift, lcp, longest, fcp, elements } = await page.evaluate(() => ({
      ...window.measured,
      fcp: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
      elements: document.querySelectorAll("*").length,
    }));
    // The icon of the tab (0.6 KB, once) comes whenever Chromium likes, or not at all.
    const sent = [...requests].filter(([id, request]) => !kept.has(id) && !request.url.includes("/favicon.")).map(([, request]) => request);
    return {
      bytes: sent.reduce((sum, { bytes }) => sum + bytes, 0), requests: sent.length, shift, elements,
      main_thread_ms: TaskDuration, script_ms: ScriptDuration, layout_ms: LayoutDuration, style_ms: RecalcStyleDuration,
      fcp_ms: fcp, lcp_ms: lcp, longest_task_ms: longest,
      sent: sent.map(({ url: address, bytes }) => `${bytes} ${address.slice(url.length)}`),
    };
  } finally {
    await page.close();
  }
}

/**
 * A page with nothing kept from before (`cold`), and once more with what that left in the cache (`warm`). The line is
 * always the slow one; a slowdown of the processor only changes times.
 */
export async function measure(browser, url, cookie, page, slowdown = fourTimesSlower) {
  await page.before?.();
  const context = await browser.newContext({ ...phone, timezoneId: "Europe/Berlin", locale: "en-GB", colorScheme: "light" });
  try {
    context.setDefaultTimeout(60_000);
    if (!page.anyone) await context.addCookies([cookie]);
    return { cold: await open(context, url, page, slowdown), warm: await open(context, url, page, slowdown) };
  } finally {
    await context.close();
  }
}

/** A browser for `measure`. */
export const startBrowser = () => chromium.launch(launch);

const states = ["cold", "warm"];
const shown = ["bytes", "requests", "shift", "main_thread_ms", "script_ms", "style_ms", "layout_ms", "longest_task_ms", "fcp_ms", "lcp_ms"];
const heads = ["page", "bytes", "requests", "shift", "main thread", "script", "style", "layout", "longest task", "FCP", "LCP"];

const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const middles = (runs) => Object.fromEntries([...shown, "elements"].map((what) => [what, median(runs.map((run) => run[what]))]));

const printed = (what, value) => {
  if (what === "shift") return value === 0 ? "0" : value.toFixed(4);
  return Math.round(value).toLocaleString("en-GB");
};

function printTable(state, rows) {
  const what = state === "cold" ? "with nothing kept from before" : "with what the first visit left in the cache";
  console.log(`\n### ${state}: ${what}; times in ms\n\n| ${heads.join(" | ")} |\n|${"---|".repeat(heads.length)}`);
  for (const [name, figures] of rows) console.log(`| ${name} | ${shown.map((key) => printed(key, figures[key])).join(" | ")} |`);
}

async function main() {
  const { values } = parseArgs({ options: { out: { type: "string" }, runs: { type: "string", default: "3" }, only: { type: "string", default: "" } } });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error("--runs takes a number of at least 1");
  const stack = await start("--limit-factor", "1000");
  try {
    const browser = await startBrowser();
    try {
      const { pages, cookie } = await furnish(stack);
      const found = { cold: new Map(), warm: new Map() };
      for (const page of pages.filter(({ name }) => new RegExp(values.only).test(name))) {
        const all = [];
        for (let run = 0; run < runs; run++) all.push(await measure(browser, stack.url, cookie, page));
        for (const state of states) found[state].set(page.name, middles(all.map((run) => run[state])));
        console.error(`${page.name}: ${states.map((state) => `${state} ${all[0][state].sent.join(", ")}`).join("; ")}`);
      }
      console.log(`Chromium ${browser.version()}, a phone's 390 px, slow 4G (562.5 ms a request, 1,475 and 675 kbit/s), CPU ${fourTimesSlower} times slower; median of ${runs}. Without the icon of the tab.`);
      for (const state of states) printTable(state, found[state]);
      const flat = states.flatMap((state) => [...found[state]].flatMap(([name, figures]) =>
        Object.entries(figures).map(([what, value]) => [`page.${name}.${state}.${what}`, Number(value.toFixed(4))])));
      if (values.out) writeFileSync(values.out, `${JSON.stringify(Object.fromEntries(flat), null, 1)}\n`);
    } finally {
      await browser.close();
    }
  } finally {
    await stack.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
