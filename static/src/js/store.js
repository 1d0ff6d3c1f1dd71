// What is kept on this device. A browser that keeps nothing behaves as if nothing had been kept.

export const read = (name) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
};

export const write = (name, value) => {
  try {
    localStorage.setItem(name, value);
  } catch {
    // The disk is full or storage is off: the page itself still has the text.
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
