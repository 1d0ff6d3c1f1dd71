// The server's clock: what a page shows is as late as the server says, whatever the device thinks.
import { zone } from "./page.js";

/** By how much the device is ahead. */
let ahead = 0;

/** Takes over the clock of a page that came at that time of the device's. */
export const setClock = (body, came) => {
  const made = Date.parse(body.dataset.now);
  if (made) ahead = came - made;
};

export const now = () => Date.now() - ahead;

const [visit] = performance.getEntriesByType("navigation");
setClock(document.body, Date.now() - (visit?.responseStart ? performance.now() - visit.responseStart : 0));

/** A language that the browser understands: a minimal system may name none. */
const known = () => {
  try {
    return Intl.getCanonicalLocales(navigator.language)[0];
  } catch {
    return undefined;
  }
};
export const language = known();

/** Making a format takes as long as writing a hundred times by it. */
const formats = {};

const formatOf = (tongue, shape, timeZone) => {
  try {
    return new Intl.DateTimeFormat(tongue, { ...shape, timeZone });
  } catch {
    // A browser may be older than the name of a zone.
    return new Intl.DateTimeFormat(tongue, shape);
  }
};

/** A moment in the reader's own way of writing it. */
export const written = (shape, when, timeZone = zone, tongue = language) =>
  (formats[`${tongue} ${timeZone} ${Object.keys(shape)}`] ??= formatOf(tongue, shape, timeZone)).format(when);

/** The day in the person's zone, as fields hold it. */
export const today = () => {
  const part = (name, pad) => written({ [name]: "numeric" }, now(), zone, "en-u-ca-iso8601-nu-latn").padStart(pad, "0");
  return [part("year", 4), part("month", 2), part("day", 2)].join("-");
};
