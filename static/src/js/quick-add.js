// A task can be added from anywhere: in the line where there is one, else in a dialog.
import { bringAllBack } from "./drafts.js";
import { byId } from "./page.js";

const dialog = byId("quick-add-dialog");

export const newTask = () => {
  if (dialog) {
    const template = dialog.querySelector("template");
    if (template) {
      template.replaceWith(template.content);
      // Where the line is, the server has made its key.
      byId("quick-add").elements.key.value = crypto.randomUUID();
      globalThis.htmx.process(dialog);
      bringAllBack();
    }
    dialog.showModal();
  }
  byId("add-title")?.focus();
  return true;
};

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (ctx.response?.status < 300 && dialog?.contains(ctx.sourceElement)) dialog.close();
});
