// Paper: black on white from either scheme, the whole of every text, and nothing that can only be pressed.
import assert from "node:assert/strict";
import { scene } from "./support.mjs";

const lines = Array.from({ length: 80 }, (_, index) => `Line ${index + 1} of the description.`);

for (const scheme of ["light", "dark"]) {
  scene(`a task, a list, a board and a week print well, ${scheme}`, { as: "someone", scheme, width: 794 }, async ({ page, person }) => {
    const [task] = await person.add(
      { title: "Printed", description: lines.join("\n"), estimate_minutes: 60, due_on: "2099-12-24" },
      { title: "Begun", status: "in_progress" }, { title: "Finished", status: "done" },
    );
    await person.api("POST", `/tasks/${task.id}/time`, { minutes: 30, note: "with a note" });
    if (scheme === "dark") {
      await page.goto("/account");
      await page.locator("#scheme-dark").click();
      await page.locator("html[data-scheme=dark]").waitFor();
    }
    await page.emulateMedia({ media: "print" });
    for (const [path, shows] of [
      [`/task/${task.id}`, "with a note"], ["/dashboard", "Printed"], ["/dashboard?view=board", "Begun"], ["/week", "Printed"], ["/day", "with a note"],
    ]) {
      await page.goto(path);
      assert.ok(await page.getByText(shows).first().isVisible(), `${path} shows ${shows}`);
      const found = await page.evaluate(() => {
        const grey = (color) => {
          const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
          return alpha === 0 ? null : (red + green + blue) / 3;
        };
        const visible = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
        const pressed = [...document.querySelectorAll("button, [type=checkbox], .filter, .tabs, nav, [role=status]:not(:empty), dialog")]
          .filter((one) => visible(one) && one.getBoundingClientRect().width > 1);
        const papers = [...document.querySelectorAll("html, body, main, .card, .list, .column, .ticket")]
          .filter((one) => visible(one) && (grey(getComputedStyle(one).backgroundColor) ?? 255) < 250);
        const faint = [...document.querySelectorAll("h1, h2, .row-title, td, textarea, .amount")]
          .filter((one) => visible(one) && grey(getComputedStyle(one).color) > 110);
        const name = (one) => one.outerHTML.slice(0, 100);
        return { pressed: pressed.map(name), papers: papers.map(name), faint: faint.map(name) };
      });
      assert.deepEqual(found, { pressed: [], papers: [], faint: [] }, path);
    }
    await page.goto(`/task/${task.id}`);
    const { scroll, client } = await page.locator("#edit-description").evaluate(({ scrollHeight: scroll, clientHeight: client }) => ({ scroll, client }));
    assert.ok(client >= scroll && scroll > 1000, `${client} of ${scroll} px of the text`);
    assert.ok((await page.pdf()).length > 1000);
  });
}

scene("a browser whose fields do not grow prints the text beside them", { as: "someone", width: 794 }, async ({ page, person }) => {
  await page.addInitScript(() => {
    const { supports } = CSS;
    CSS.supports = (...what) => what[0] !== "field-sizing" && supports.apply(CSS, what);
  });
  const [task] = await person.add({ title: "Printed", description: lines.join("\n") });
  await page.goto(`/task/${task.id}`);
  await page.locator("#edit-description").fill([...lines, "The last, not saved yet."].join("\n"));
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const text = page.locator("#edit-description + .printed");
  assert.match(await text.innerText(), /^Line 1 of[^]*\nThe last, not saved yet\.$/);
  assert.ok(await page.locator("#edit-description").isHidden());
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await page.locator(".printed").count(), 0);
});
