// What the pages do beyond forms and links. Every page works without this file.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);

  const setting = {
    get: (name) => {
      try {
        return localStorage.getItem(name);
      } catch {
        return null;
      }
    },
    set: (name, value) => {
      try {
        localStorage.setItem(name, value);
      } catch {
        // A browser that keeps nothing keeps the default.
      }
    },
  };

  // Sign-up knows the person's time zone; without script it is UTC until the account page says otherwise.
  for (const input of document.querySelectorAll("[data-time-zone]")) {
    input.value = Intl.DateTimeFormat().resolvedOptions().timeZone || input.value;
  }

  // Toasts leave by themselves, later when there is something to press, never while they are looked at.
  const toasts = byId("toasts");

  const expire = (toast, after) =>
    setTimeout(() => {
      if (!toast.isConnected) return;
      if (toast.matches(":hover, :focus-within")) expire(toast, 4000);
      else toast.remove();
    }, after);

  const arrived = (toast) => expire(toast, toast.querySelector("form") ? 20000 : 10000);

  const failed = (reference) => {
    const toast = byId("failed").content.firstElementChild.cloneNode(true);
    if (reference) toast.querySelector("p").append(` Reference: ${reference}`);
    toasts.append(toast);
  };

  toasts.querySelectorAll(".toast").forEach(arrived);
  // What was said once is not said again by a reload.
  const address = new URL(location.href);
  if (address.searchParams.has("done")) {
    for (const name of ["done", "task"]) address.searchParams.delete(name);
    history.replaceState(null, "", address);
  }
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node.nodeType === 1) arrived(node);
    }
    while (toasts.children.length > 4) toasts.firstElementChild.remove();
  }).observe(toasts, { childList: true });

  const closeOthers = ({ target }) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(target)) menu.open = false;
    }
  };

  document.addEventListener("click", (event) => {
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) {
      dismiss.closest(".toast").remove();
      byId("main").focus({ preventScroll: true });
    }
    const reveal = event.target.closest("[data-reveal]");
    if (reveal) {
      const input = byId(reveal.dataset.reveal);
      const show = input.type === "password";
      input.type = show ? "text" : "password";
      reveal.setAttribute("aria-pressed", String(show));
    }
    closeOthers(event);
  });

  // A menu that one has left would cover what comes after it.
  document.addEventListener("focusin", closeOthers);

  // A small form that opens is there to be typed into.
  document.addEventListener("toggle", ({ target }) => {
    if (target.open) target.querySelector(".menu-form .input")?.focus();
  }, true);

  // One submission of a plain form at a time; coming back to the page makes it usable again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) event.preventDefault();
    else form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // Keyboard: Escape closes a menu, n goes to the quick add.
  const shortcuts = byId("shortcuts");
  if (shortcuts) {
    shortcuts.checked = setting.get("shortcuts") !== "off";
    shortcuts.addEventListener("change", () => setting.set("shortcuts", shortcuts.checked ? "on" : "off"));
  }
  if (setting.get("shortcuts") === "off") {
    for (const key of document.querySelectorAll(".quick-add .kbd")) key.hidden = true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      if (!menu) return;
      menu.open = false;
      menu.querySelector("summary").focus();
      return;
    }
    if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (setting.get("shortcuts") === "off") return;
    const title = byId("add-title");
    if (title) {
      event.preventDefault();
      title.focus();
    }
  });

  // Asks again twice, each time later, where that may help.
  const patiently = async (path) => {
    for (let tries = 1; ; tries++) {
      const answer = await fetch(path, { redirect: "error" }).catch(() => null);
      if (answer?.ok) return answer;
      if (tries === 3 || (answer && ![429, 503].includes(answer.status))) {
        throw new Error(answer?.headers.get("x-request-id") ?? "");
      }
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** tries));
    }
  };

  // All parts of one's data, gathered into one file.
  const gather = async (button) => {
    const records = [];
    let path = button.dataset.export;
    while (path) {
      const answer = await patiently(path);
      records.push(...await answer.json());
      path = answer.headers.get("link")?.match(/^<([^>]+)>; rel="next"$/)?.[1];
      byId("announce").textContent = `${records.length} records so far.`;
    }
    const file = document.createElement("a");
    file.href = URL.createObjectURL(new Blob([JSON.stringify(records)], { type: "application/json" }));
    file.download = "sprintsync.json";
    file.click();
    setTimeout(() => URL.revokeObjectURL(file.href), 60_000);
    byId("announce").textContent = `All ${records.length} records are in the file.`;
  };

  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-export]");
    if (!button || button.disabled) return;
    button.disabled = true;
    try {
      await gather(button);
    } catch (error) {
      failed(error.message);
    }
    button.disabled = false;
    button.focus();
  });

  // Requests by htmx: an answer that is not ours to swap becomes a toast, and focus is never lost.
  const shown = (element) => element?.checkVisibility?.() ?? Boolean(element);
  const titleOf = (row) => row?.querySelector(".row-title");

  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    const source = ctx.sourceElement;
    const row = source.closest(".row");
    const near = (step) => {
      let other = row?.[step];
      while (other && !shown(other)) other = other[step];
      return other;
    };
    ctx.before = {
      form: source.hasAttribute("data-clear") ? new FormData(source) : null,
      summary: source.closest("details.menu")?.querySelector("summary").id,
      row: source.dataset.row ?? row?.id,
      near: near("nextElementSibling") ?? near("previousElementSibling"),
    };
  });

  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status < 400 || ctx.text.includes("<hx-partial")) return;
    event.preventDefault();
    failed(ctx.response.headers.get("x-request-id"));
  });

  document.addEventListener("htmx:error", () => failed());

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const { before, sourceElement: source } = ctx;
    if (!before || !ctx.response) return;
    if (before.form && ctx.response.status < 300) {
      // What was sent is cleared; what was typed since stays.
      const form = byId(source.id);
      for (const field of form.elements) {
        if (!field.name || field.type === "hidden" || field.value !== before.form.get(field.name)) continue;
        if (field.options) field.value = field.querySelector("[selected]")?.value ?? field.options[0].value;
        else field.value = field.defaultValue;
      }
      byId(source.dataset.clear)?.focus({ preventScroll: true });
    }
    const active = document.activeElement;
    if (active && active !== document.body && shown(active)) return;
    const row = byId(before.row);
    const next = shown(row) ? (byId(before.summary) ?? titleOf(row)) : titleOf(before.near);
    (next ?? byId("main")).focus({ preventScroll: true });
  });
})();
