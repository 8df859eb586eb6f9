// Swagger UI with what it can't know: which key to begin with, which client it is, and how the control plane is asked.
const stated = document.body.dataset;
const control = "/_sandbox";
const told = document.querySelector("#key");
const mint = document.querySelector("#mint");

const page = window.SwaggerUIBundle({
  url: stated.document,
  domNode: document.querySelector("#page"),
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  filter: true,
  validatorUrl: null,
  persistAuthorization: false,
  oauth2RedirectUrl: `${location.origin}${control}/docs/oauth2-redirect.html`,
  requestInterceptor(request) {
    // Whatever changes anything there is a JSON request, also without a body.
    const { pathname } = new URL(request.url, location.href);
    if (pathname.startsWith(`${control}/`) && !["GET", "HEAD"].includes((request.method ?? "GET").toUpperCase())) {
      request.headers = { "Content-Type": "application/json", ...request.headers };
    }
    return request;
  },
  onComplete() {
    page.initOAuth({ clientId: stated.client, usePkceWithAuthorizationCodeGrant: true });
    if (stated.of !== "product") return;
    if (stated.key) use(stated.key, "a demo key that may do everything");
    else mint.hidden = false;
  },
});

/** Sends that key with every request that is tried, in the first scheme that takes one. */
function use(key, what) {
  const schemes = page.specSelectors.specJson().toJS().components?.securitySchemes ?? {};
  const name = Object.keys(schemes).find((each) => schemes[each].type === "http" && schemes[each].scheme === "bearer")
    ?? Object.keys(schemes).find((each) => schemes[each].type === "apiKey");
  if (name === undefined) return;
  page.preauthorizeApiKey(name, key);
  told.textContent = `“Try it out” sends ${what}. “Authorize” takes another one, or signs in.`;
}

mint.addEventListener("click", async () => {
  const answer = await fetch(`${control}/sandboxes/${encodeURIComponent(stated.sandbox)}/keys`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...authorization() },
    body: JSON.stringify({ scopes: stated.scopes.split(" ") }),
  });
  const body = await answer.json();
  if (answer.ok) use(body.key, `a key that was made for this page, ${body.fingerprint}`);
  else told.textContent = body.detail;
});

/** The control plane's token, where the dashboard was told it. */
function authorization() {
  const token = sessionStorage.getItem("token");
  return token ? { Authorization: `Bearer ${token}` } : {};
}

const listed = await fetch(`${control}/sandboxes`, { headers: authorization() });
if (listed.ok) {
  const form = document.querySelector("#sandboxes");
  const choice = form.elements.sandbox;
  for (const { name } of (await listed.json()).data) choice.add(new Option(name, name, false, name === stated.sandbox));
  form.hidden = stated.of !== "product" || choice.length < 2;
  choice.addEventListener("change", () => {
    location.search = new URLSearchParams({ of: stated.of, sandbox: choice.value });
  });
}
