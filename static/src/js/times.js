// Times in the reader's own way of writing them, in the time zone of the account.
import { zone } from "./page.js";

const shapes = {
  clock: { hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "short" },
  "day-clock": { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
};
/** All of it, on hover. */
const day = { weekday: "short", day: "numeric", month: "short", year: "numeric" };

/** Making a format takes as long as writing a hundred times by it. */
const formats = {};

const written = (shape, when, timeZone = zone) => {
  const format = (formats[`${timeZone} ${Object.keys(shape)}`] ??= new Intl.DateTimeFormat(navigator.language, { ...shape, timeZone }));
  return format.format(when);
};

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
  const { dateTime, dataset } = element;
  // A day is the same day everywhere.
  const plainDay = !dateTime.includes("T");
  const when = new Date(dateTime);
  dataset.written = "";
  if (Number.isNaN(when.getTime())) return;
  const timeZone = plainDay ? "UTC" : zone;
  if (dataset.at) {
    element.textContent = written(shapes[dataset.at], when, timeZone);
    // The page is in English; a screen reader would read other words with the wrong voice.
    if (!navigator.language.startsWith("en")) element.lang = navigator.language;
  }
  const titled = [element, element.parentElement].find((one) => one?.title);
  if (titled) titled.title = written(plainDay ? day : { ...day, ...shapes.clock }, when, timeZone);
};

/** Writes the times that have come; words such as "yesterday" stay, and are explained on hover. */
export const writeTimes = (root = document) => root.querySelectorAll("time[datetime]:not([data-written])").forEach(write);
