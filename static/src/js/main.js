// What the pages do beyond forms and links. Every page works without this script.
import "./back.js";
import "./toasts.js";
import "./menus.js";
import "./resend.js";
import { bringAllBack } from "./drafts.js";
import "./requests.js";
import "./leaving.js";
import "./plain.js";
import "./offline.js";
import "./status.js";
import "./keys.js";
import "./bulk.js";
import "./more.js";
import "./prefetch.js";
import "./refresh.js";
import "./timer.js";
import { writeTimes } from "./times.js";

writeTimes();
bringAllBack();
document.addEventListener("htmx:after:swap", () => writeTimes());
