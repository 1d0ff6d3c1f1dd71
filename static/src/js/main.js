// What the pages do beyond forms and links. Every page works without this script.
//
// Each part is begun apart, in this order, before htmx: one that fails, or that a browser cannot run, is written to the
// console and takes no other along.
import("./back.js");
import("./toasts.js");
import("./menus.js");
import("./dialogs.js");
import("./resend.js");
import("./drafts.js").then(({ bringAllBack, sendUnanswered }) => {
  bringAllBack();
  // Only when htmx has begun does it take a form.
  setTimeout(sendUnanswered);
});
import("./requests.js");
import("./leaving.js");
import("./plain.js");
import("./offline.js");
import("./status.js");
import("./keys.js");
import("./bulk.js");
import("./more.js");
import("./prefetch.js");
import("./refresh.js");
import("./days.js");
import("./timer.js");
import("./print.js");
import("./times.js").then(({ writeTimes }) => {
  writeTimes();
  document.addEventListener("htmx:after:swap", () => writeTimes());
});
