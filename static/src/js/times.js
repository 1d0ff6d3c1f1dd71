// Times in the reader's own way of writing them, in the time zone of the account.
import { language, now, written } from "./clock.js";
import { zone } from "./page.js";

const clock = { hour: "2-digit", minute: "2-digit" };
const day = { day: "numeric", month: "short" };
const year = { ...day, year: "numeric" };
const shapes = { clock, day, year, "day-clock": { ...day, ...clock }, "year-clock": { ...year, ...clock } };
/** All of it, on hover. */
const whole = { weekday: "short", ...year };

/** A time of day as an element, with the day where that is not today. */
export const at = (milliseconds) => {
  const element = document.createElement("time");
  const when = new Date(milliseconds);
  const today = written(year, when) === written(year, now());
  element.dateTime = when.toISOString();
  element.dataset.at = today ? "clock" : "day-clock";
  write(element);
  return element;
};

/** A day as an element. */
export const on = (day) => {
  const element = document.createElement("time");
  element.dateTime = day;
  element.dataset.at = "day";
  write(element);
  return element;
};

const write = (element) => {
  const { dateTime, dataset } = element;
  // A day is the same day everywhere.
  const plainDay = !dateTime.includes("T");
  const when = new Date(dateTime);
  dataset.written = "";
  if (Number.isNaN(when.getTime())) return;
  const timeZone = plainDay ? "UTC" : zone;
  if (dataset.at) {
    // "yesterday-clock": a word, and then the time.
    const [, word, shape] = /^(?:(yesterday|tomorrow)-)?(.*)$/.exec(dataset.at);
    element.textContent = [word, written(shapes[shape], when, timeZone)].filter(Boolean).join(" ");
    // The page is in English; a screen reader would read other words with the wrong voice.
    if (!word && language && !language.startsWith("en")) element.lang = language;
  }
  const titled = [element, element.parentElement].find((one) => one?.title);
  if (titled) titled.title = written(plainDay ? whole : { ...whole, ...clock }, when, timeZone);
};

/** Writes the times that have come; words such as "yesterday" stay, and are explained on hover. */
export const writeTimes = (root = document) => root.querySelectorAll("time[datetime]:not([data-written])").forEach(write);
