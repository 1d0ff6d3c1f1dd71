// At random moments while somebody types, the tab crashes, the network goes or the session ends: whatever was typed
// more than a quarter of a second before is there when one comes back. SEED repeats a run, MOMENTS says how many.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base, browser, eventually, person } from "./support.mjs";

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const moments = Number(process.env.MOMENTS ?? 100);
const atOnce = 4;
const kept = 250;

/** Chance that a seed repeats (mulberry32). */
function chance(state) {
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit) => Math.floor(next() * limit);
  return { below, between: (low, high) => low + below(high - low), pick: (list) => list[below(list.length)] };
}

const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
const words = ["sprint ", "naïve ", "日本 ", "a", "- ", "“so”, ", "0", "👩‍💻 ", "<b> ", "& ", "ß", "review "];

const each = (list, name) => list.map((item) => item[name] ?? "");

/** Where somebody types: the page, the control, what sends it, and how the server would show that it was saved. */
const places = [
  {
    name: "title of a task", path: (id) => `/task/${id}`, field: "#edit-title", send: "#edit-save",
    saved: async (api, id) => [(await api("GET", `/tasks/${id}`)).title],
  },
  {
    name: "description of a task", path: (id) => `/task/${id}`, field: "#edit-description", send: "#edit-save", lines: true,
    saved: async (api, id) => [(await api("GET", `/tasks/${id}`)).description],
  },
  {
    name: "note of an entry", path: (id) => `/task/${id}`, field: "#time-note", send: "#time-log", first: ["#time-minutes", "5"],
    saved: async (api, id) => each(await api("GET", `/tasks/${id}/time`), "note"),
  },
  {
    name: "title of a new task", path: () => "/dashboard", field: "#add-title", send: "#quick-add button.button-primary",
    saved: async (api) => each(await api("GET", "/tasks?limit=100"), "title"),
  },
  {
    name: "description of a new task", path: () => "/dashboard", field: "#add-description", send: "#quick-add button.button-primary",
    lines: true, first: ["#add-title", "Something new"], open: "#quick-add details:not([open]) > summary",
    saved: async (api) => each(await api("GET", "/tasks?limit=100"), "description"),
  },
];

/** Types up to the moment, here and there in the text, and remembers what the field held when. */
async function type(page, place, dice) {
  const field = page.locator(place.field);
  await field.focus();
  const read = () => field.evaluate((control) => control.value);
  const held = [{ at: 0, text: await read() }];
  for (let left = dice.between(3, 16); left > 0; left--) {
    const kind = dice.below(10);
    if (kind === 0) await page.keyboard.press("Home");
    else if (kind === 1) await page.keyboard.press("End");
    else if (kind === 2) await page.keyboard.press("Backspace");
    else if (kind === 3 && place.lines) await page.keyboard.press("Enter");
    else if (kind < 6) await page.keyboard.type(dice.pick(["x", "Ab", "n 1"]));
    else await page.keyboard.insertText(dice.pick(words));
    // What the field is seen to hold, it held by then at the latest.
    held.push({ text: await read(), at: Date.now() });
    await pause(dice.below(70));
  }
  await pause(dice.below(350));
  return held;
}

async function signIn(page, { username, password }) {
  await page.locator("#login-username").fill(username);
  await page.locator("#login-password").fill(password);
  await page.locator("form button.button-primary").click();
  await page.waitForURL((address) => address.pathname !== "/login" && !address.pathname.startsWith("/web/"));
}

const endSessions = async ({ api }) => {
  for (const { id, current } of await api("GET", "/auth/sessions")) if (!current) await api("DELETE", `/auth/sessions/${id}`);
};

const send = (page, place) => page.locator(place.send).click({ noWaitAfter: true });

/** What happens, and how one comes back: each answers with the page on which one looks again. */
const accidents = {
  "the tab crashes": async ({ page, context, address }) => {
    const devtools = await context.newCDPSession(page);
    const crashed = page.waitForEvent("crash");
    devtools.send("Page.crash").catch(() => {});
    await crashed;
    await page.close();
    const again = await context.newPage();
    await again.goto(address);
    return again;
  },
  "the network goes, and one loads the page again": async ({ page, context, address }) => {
    await context.setOffline(true);
    await page.reload().catch(() => {});
    await context.setOffline(false);
    await page.goto(address);
    return page;
  },
  "the network goes, one sends, and closes the tab": async ({ page, context, place, address, dice }) => {
    await context.setOffline(true);
    await send(page, place);
    await pause(dice.below(400));
    await page.close();
    await context.setOffline(false);
    const again = await context.newPage();
    await again.goto(address);
    return again;
  },
  "the network goes, one sends, and it comes back": async ({ page, context, place, dice }) => {
    await context.setOffline(true);
    await send(page, place);
    await pause(dice.below(400));
    await context.setOffline(false);
    return page;
  },
  "the session ends, one sends, and signs in in another tab": async ({ page, context, place, address, someone }) => {
    await endSessions(someone);
    await send(page, place);
    const again = await context.newPage();
    await again.goto(address);
    await signIn(again, someone);
    return again;
  },
  "the session ends, and one loads the page again": async ({ page, place, someone }) => {
    await endSessions(someone);
    await page.reload();
    await signIn(page, someone);
    await page.locator(place.field).waitFor({ state: "attached" });
    return page;
  },
};

/** One moment; answers with the accident, and the page on which the next one begins. */
async function play(number, { someone, context, page }) {
  const dice = chance(seed + number * 7919);
  const place = dice.pick(places);
  const [accident, happen] = dice.pick(Object.entries(accidents));
  const [task] = await someone.add({ title: `Task of moment ${number}`, description: "As it was" });
  const address = place.path(task.id);
  try {
    await page.goto(address);
    if (place.open) await page.locator(place.open).click();
    if (place.first) await page.fill(...place.first);
    const held = await type(page, place, dice);
    const moment = Date.now();
    const again = await happen({ page, context, place, address, dice, someone });
    // The last text that was old enough, or any that came after it.
    const right = new Set(held.slice(held.findLastIndex(({ at }) => at < moment - kept)).map(({ text }) => text));
    await eventually(async () => {
      const shown = await again.locator(place.field).evaluate((control) => control.value, null, { timeout: 1000 });
      if (right.has(shown)) return;
      // What a server keeps is without the blanks around it.
      const trimmed = new Set([...right].map((text) => text.trim()));
      const saved = await place.saved(someone.api, task.id);
      assert.ok(saved.some((text) => trimmed.has(text.trim())), `${JSON.stringify([...right])} was typed, there is ${JSON.stringify(shown)}`);
    });
    await again.evaluate(() => localStorage.clear());
    for (const other of context.pages()) if (other !== again) await other.close();
    return { accident, page: again };
  } catch (error) {
    error.message = `moment ${number}: ${place.name}, ${accident}: ${error.message}`;
    throw error;
  }
}

test(`what is typed is never lost: ${moments} moments, SEED=${seed}`, { timeout: 900_000 }, async () => {
  const lost = [];
  const seen = new Map();
  let next = 0;
  const begin = async () => {
    const someone = await person();
    const context = await (await browser()).newContext({ baseURL: base, locale: "en-GB", timezoneId: "Europe/Berlin" });
    context.setDefaultTimeout(20_000);
    await context.addCookies([someone.cookie]);
    return { someone, context, page: await context.newPage() };
  };
  const work = async () => {
    let state = await begin();
    while (next < moments) {
      try {
        const { accident, page } = await play(next++, state);
        seen.set(accident, (seen.get(accident) ?? 0) + 1);
        state.page = page;
      } catch (error) {
        lost.push(error.message);
        await state.context.close();
        state = await begin();
      }
    }
    await state.context.close();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  for (const [accident, times] of seen) console.log(`# ${times} times ${accident}`);
  assert.equal(lost.length, 0, `SEED=${seed} repeats this:\n${lost.join("\n")}`);
});
