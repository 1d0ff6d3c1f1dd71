// The states that come and go: accessible and narrow enough in each of them.
import { looks, views } from "./axe.mjs";
import { counts, reads, rowOf, scene } from "./support.mjs";

const long = "A title that goes on with Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenantragsformular until it must break";

for (const { scheme, width } of views(320, 390, 1280)) {
  const options = { as: "someone", scheme, width, touch: width < 600 };

  scene(`list and board in every state, ${scheme}, ${width} px`, options, async ({ page, person, troubles }) => {
    await page.goto("/dashboard?view=board");
    await looks(page, "empty board");
    const [first] = await person.add(
      { title: long, due_on: "2024-02-29", estimate_minutes: 10, total_minutes: 1440 },
      { title: "begun", status: "in_progress", due_on: "2099-12-24" },
      { title: "finished", status: "done" },
      ...Array.from({ length: 31 }, (_, index) => `card ${index}`),
    );
    await page.goto("/dashboard?view=board");
    await looks(page, "board");
    await page.locator(".ticket summary").first().click();
    await looks(page, "menu of a card");

    await page.goto("/dashboard?order=oldest");
    await looks(page, "oldest first");
    for (const title of [long, "begun"]) await rowOf(page, title).locator(".row-check").check();
    // The bar covers what is under it while one reads on, and nothing at the end.
    const end = () => page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await end();
    await counts(page.locator(".row"), 34);
    await end();
    await looks(page, "two selected");
    await page.getByRole("form", { name: "Selected tasks" }).getByRole("button", { name: "Done" }).click();
    await reads(page.locator(".toast p"), "Moved 2 tasks to Done.");
    await looks(page, "two moved");
    if (width > 960) {
      await rowOf(page, "begun").getByLabel("Edit begun").click();
      await page.locator(".row-edit").waitFor();
      await looks(page, "a row that is edited");
      troubles.allow(422);
      await page.locator(".row-edit").getByLabel("Estimate").fill("soon");
      await page.locator(".row-edit").getByRole("button", { name: "Save" }).click();
      await page.locator(".row-edit .error").waitFor();
      await looks(page, "a row whose edit is refused");
    }
    await page.goto("/dashboard?q=card");
    await looks(page, "found");
    await page.goto("/dashboard?q=zebra");
    await page.getByRole("heading", { name: "No results" }).waitFor();
    await looks(page, "nothing found");
    await person.api("POST", `/tasks/${first.id}/timer/start`);
    await page.goto("/dashboard");
    await reads(page.locator("#timer-bar"), /Donau/);
    await looks(page, "a timer runs");
    for (const path of ["/day", "/week"]) {
      await page.goto(path);
      await looks(page, `${path} with a timer`);
    }
  });

  scene(`what opens above a page, ${scheme}, ${width} px`, options, async ({ page, person, troubles }) => {
    await person.add(long, "Write the report");
    await page.goto("/week");
    await page.keyboard.press("Control+k");
    await looks(page, "palette");
    await page.keyboard.type("e");
    await counts(page.locator("#palette-found [role=option]"), 2);
    await looks(page, "palette with tasks");
    await page.keyboard.type("zzz");
    await reads(page.locator("#palette-note"), "No results.");
    await looks(page, "palette with nothing");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.locator("#help[open]").waitFor();
    await looks(page, "help");
    await page.keyboard.press("Escape");
    await page.keyboard.press("n");
    await page.locator("#quick-add-dialog[open]").waitFor();
    await looks(page, "a new task from anywhere");
    troubles.allow(422);
    await page.getByLabel("Title of a new task").fill(" ");
    await page.keyboard.press("Enter");
    await page.locator("#add-title-error").waitFor();
    await looks(page, "a new task refused");
  });

  scene(`what is not saved yet, in every state, ${scheme}, ${width} px`, options, async ({ page, context, person, troubles }) => {
    const [task] = await person.add("Half written");
    await page.goto(`/task/${task.id}`);
    await page.getByLabel("Description").fill("A long thought, not saved yet");
    await page.getByLabel("Note").fill("and a note");
    await page.reload();
    await reads(page.locator("#edit .form-note"), /^Draft from .* restored\. Discard$/);
    await looks(page, "drafts are back");

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("dialog").waitFor();
    await looks(page, "signing out would remove what is not saved");
    await page.getByRole("button", { name: "Stay signed in" }).click();

    await context.setOffline(true);
    await reads(page.locator("#offline"), /^You're offline\./);
    await looks(page, "offline");
    // Once, and twice again by itself.
    for (let times = 0; times < 3; times++) troubles.allowNetwork();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Retry" }).waitFor();
    await looks(page, "a save that did not get through");
    await context.setOffline(false);
    await reads(page.locator("#offline"), "");
    await reads(page.locator("#announce"), "Saved.");
  });
}
