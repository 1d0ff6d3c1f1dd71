// A page that the browser kept says what was true then, and to whoever sat here then.
import { user } from "./page.js";

const [visit] = performance.getEntriesByType("navigation");
if (user && visit?.type === "back_forward" && !visit.transferSize) location.reload();

addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});
