// All parts of one's data, gathered into one file: the script of that page alone, beside the others'.
import { announce, pause } from "./page.js";
import { complain, reference } from "./complain.js";

// Asks again twice, each time later, where that may help.
const ask = async (path) => {
  for (let tries = 1; ; tries++) {
    const answer = await fetch(path, { redirect: "error" }).catch(() => null);
    if (answer?.ok) return answer;
    if (tries === 3 || (answer && ![429, 503].includes(answer.status))) {
      throw new Error(answer?.headers.get("x-request-id") ?? "");
    }
    await pause(500 * 2 ** tries);
  }
};

const gather = async (button) => {
  const records = [];
  let path = button.dataset.export;
  while (path) {
    const answer = await ask(path);
    records.push(...await answer.json());
    path = answer.headers.get("link")?.match(/^<([^>]+)>; rel="next"$/)?.[1];
    announce(`${records.length} items so far.`);
  }
  const file = document.createElement("a");
  file.href = URL.createObjectURL(new Blob([JSON.stringify(records)], { type: "application/json" }));
  file.download = "sprintsync.json";
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), 60_000);
  announce(`Downloaded ${records.length} items.`);
};

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-export]");
  if (!button || button.disabled) return;
  button.disabled = true;
  try {
    await gather(button);
  } catch (error) {
    complain(`Couldn't download. Try again.${reference(error.message)}`);
  }
  button.disabled = false;
  button.focus();
});
