// The viewer of the API's description, set up for this instance: nothing is loaded from elsewhere, and a token that
// somebody signs in with here is gone with the page.
const chosen = document.documentElement.dataset.scheme;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", chosen ? chosen === "dark" : dark.matches);
paint();
dark.addEventListener("change", paint);

const viewer = document.getElementById("viewer");

window.SwaggerUIBundle({
  url: viewer.dataset.description,
  domNode: viewer,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  docExpansion: "list",
  filter: false,
  persistAuthorization: false,
  syntaxHighlight: { activated: false },
  tryItOutEnabled: true,
  validatorUrl: null,
  onComplete: () => viewer.removeAttribute("aria-busy"),
});
