// Times in the reader's own way of writing them, in the time zone of the account.
import { zone } from "./page.js";

const shapes = {
  clock: { hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "short" },
  "day-clock": { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
};
const whole = { dateStyle: "full", timeStyle: "short" };

const written = (shape, when, timeZone = zone) =>
  new Intl.DateTimeFormat(navigator.language, { ...shape, timeZone }).format(when);

/** A time of day as an element, with the day where that is not today. */
export const at = (milliseconds) => {
  const element = document.createElement("time");
  const when = new Date(milliseconds);
  const today = written(shapes.day, when) === written(shapes.day, Date.now());
  element.dateTime = when.toISOString();
  element.dataset.at = today ? "clock" : "day-clock";
  write(element);
  return element;
};

const write = (element) => {
  const { dateTime } = element;
  // A day is the same day everywhere.
  const plainDay = !dateTime.includes("T");
  const when = new Date(dateTime);
  if (Number.isNaN(when.getTime())) return;
  const timeZone = plainDay ? "UTC" : zone;
  element.textContent = written(shapes[element.dataset.at] ?? shapes.clock, when, timeZone);
  if (element.title) element.title = written(plainDay ? { dateStyle: "full" } : whole, when, timeZone);
  // The page is in English; a screen reader would read other words with the wrong voice.
  if (!navigator.language.startsWith("en")) element.lang = navigator.language;
  element.dataset.written = "";
};

export const writeTimes = (root = document) => {
  for (const element of root.querySelectorAll("time[data-at]:not([data-written])")) write(element);
};
