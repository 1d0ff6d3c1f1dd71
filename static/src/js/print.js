// A text is printed whole: a field of several lines shows what fits into it, so paper gets the text itself. Browsers
// whose fields grow with their text need nothing of this.
const grows = CSS.supports("field-sizing", "content");

const put = () => {
  for (const field of document.querySelectorAll("textarea")) {
    const text = document.createElement("p");
    text.className = "printed";
    text.dir = "auto";
    text.textContent = field.value;
    field.after(text);
  }
};

const take = () => document.querySelectorAll(".printed").forEach((text) => text.remove());

if (!grows) {
  addEventListener("beforeprint", put);
  addEventListener("afterprint", take);
}
