// What every other module needs of the page.

export const byId = (id) => document.getElementById(id);

export const { user, zone } = document.body.dataset;

export const shown = (element) => element?.checkVisibility?.() ?? Boolean(element);

/** Says something that is only heard. */
export const announce = (text) => {
  byId("announce").textContent = text;
};

/** Whether keys that are pressed there are text. What has just been hidden keeps the focus for a moment. */
export const takesText = (element) =>
  element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]") && shown(element);

/** Where somebody signs in to come back to this page. */
export const signIn = () => `/login?next=${encodeURIComponent(location.pathname + location.search)}`;

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** An element that does something when it is pressed. */
export const actionButton = (className, label, act) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = className;
  button.textContent = label;
  button.addEventListener("click", act);
  return button;
};

/** Moves the task of this form, as its menu would. */
export const choose = (form, status) => {
  const button = form?.querySelector(`button[value="${status}"]`);
  if (button) form.requestSubmit(button);
};
