// What is kept on this device. A browser that keeps nothing behaves as if nothing had been kept.

export const read = (name) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
};

/** Whether what was written last is kept: the disk may be full, or storage off. */
export let works = true;

export const write = (name, value) => {
  try {
    localStorage.setItem(name, value);
    works = true;
  } catch {
    works = false;
  }
};

export const remove = (name) => {
  try {
    localStorage.removeItem(name);
  } catch {
    // There is nothing to remove where nothing is kept.
  }
};

/** The names that begin so. */
export const namesOf = (prefix) => {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
};

write("works", "yes");
remove("works");
