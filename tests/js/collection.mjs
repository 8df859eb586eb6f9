// Runs an imported collection, request by request as somebody clicks through it, and says what each was answered.
import { readFileSync } from "node:fs";
import newman from "newman";

// Examples of the contract that a fresh server has nothing for, and the answer that says so.
const ERRORS = {
  "DELETE /api/v1/webhooks/{webhook_id}": 404, // a data set begins without subscriptions
  "GET /oauth/authorize": 400, // a made-up client
  "POST /oauth/authorize": 400,
  "POST /oauth/token": 401,
  "POST /oauth/revoke": 401,
};
const [collection, ready] = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, "utf8")));
const envVar = [["baseUrl", ready.root_url], ["bearerToken", ready.keys.admin]].map(([key, value]) => ({ key, value }));

newman.run({ collection, envVar }, (error, summary) => {
  if (error) throw error;
  const seen = summary.run.executions.map(({ item, request, response }) => {
    const path = `/${item.request.url.path.map((part) => part.replace(/^:(.*)$/, "{$1}")).join("/")}`;
    const name = `${request.method} ${path}`;
    const right = ERRORS[name] ? response?.code === ERRORS[name] : response?.code >= 200 && response?.code < 300;
    console.log(`${right ? "right" : "WRONG"}  ${response?.code ?? "none"}  ${name}`);
    return right;
  });
  const wrong = seen.filter((right) => !right).length;
  console.log(`${seen.length - wrong} passed, ${wrong} failed`);
  process.exit(wrong || !seen.length ? 1 : 0);
});
