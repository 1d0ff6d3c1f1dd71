// The timer at the head of the page counts on, by the server's clock.
import { now } from "./clock.js";

const tick = () => {
  for (const element of document.querySelectorAll("time[data-since]")) {
    const minutes = Math.max(0, Math.floor((now() - new Date(element.dataset.since)) / 60_000));
    const hours = Math.floor(minutes / 60);
    const rest = minutes % 60;
    const text = [hours && `${hours}h`, (rest || !hours) && `${rest}m`].filter(Boolean).join(" ");
    if (element.textContent !== text) element.textContent = text;
  }
};

setInterval(tick, 5000);
