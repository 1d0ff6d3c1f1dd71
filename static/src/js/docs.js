// The viewer of the API's description, set up for this instance: nothing is loaded from elsewhere, and a token that
// somebody signs in with here is gone with the page.
const chosen = document.documentElement.dataset.scheme;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", chosen ? chosen === "dark" : dark.matches);
paint();
dark.addEventListener("change", paint);

const viewer = document.getElementById("viewer");

// What the viewer's markup lacks for those who do not see it: names of fields, buttons and parts, and the
// order of headings.
const lacks = [
  [".information-container, .scheme-container", "role", "region"],
  [".information-container", "aria-label", "About the API"],
  [".scheme-container", "aria-label", "Server and sign-in"],
  [".modal-ux", "role", "dialog"],
  [".modal-ux", "aria-label", "Sign in"],
  ["h3.opblock-tag, .modal-ux-header h3, section.models h4", "aria-level", "2"],
  [".opblock-section-header h4, .responses-inner h4, .modal-ux-content h4", "aria-level", "3"],
  ["h5", "aria-level", "4"],
  [".close-modal", "aria-label", "Close"],
  [".auth-btn-wrapper .authorize", "aria-label", "Authorize"],
  [".auth-btn-wrapper [aria-label='Remove authorization']", "aria-label", "Logout"],
  ["textarea.body-param__text", "aria-label", "Request body"],
  ["select.content-type", "aria-label", "Content type"],
  ["select#servers", "aria-label", "Server"],
  ["pre.microlight, .highlight-code > pre, .curl-command pre", "tabindex", "0"],
];

function mend() {
  for (const [which, attribute, value] of lacks) {
    for (const element of viewer.querySelectorAll(which)) {
      if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
    }
  }
}

window.SwaggerUIBundle({
  url: viewer.dataset.description,
  domNode: viewer,
  // A link in each row would be one inside a button.
  deepLinking: false,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  docExpansion: "list",
  persistAuthorization: false,
  syntaxHighlight: { activated: false },
  tryItOutEnabled: true,
  validatorUrl: null,
  onComplete: () => {
    viewer.removeAttribute("aria-busy");
    mend();
    new MutationObserver(mend).observe(viewer, { childList: true, subtree: true });
  },
});
