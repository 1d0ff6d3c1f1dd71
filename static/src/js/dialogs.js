// A click beside a dialog closes it, in browsers that do not know `closedby` as well.
if (!("closedBy" in HTMLDialogElement.prototype)) {
  document.addEventListener("click", ({ target, clientX: x, clientY: y }) => {
    if (!target.matches?.("dialog[closedby=any]")) return;
    const { left, right, top, bottom } = target.getBoundingClientRect();
    if (x < left || x > right || y < top || y > bottom) target.close();
  });
}
