import document from "../openapi.json" with { type: "json" };
import { grantsFor, settings } from "./functions.ts";
import { routesOf } from "./routes.ts";
import { keyPepper } from "./secrets.ts";

/** The gateway. No browser calls it, so it answers no preflight. */
export const api = new sst.aws.ApiGatewayV2("Api", { cors: false, accessLog: { retention: "1 month" } });

for (const { key, file, effect, needs } of routesOf(document)) {
  const grants = grantsFor(effect, needs);
  api.route(
    key,
    {
      ...settings,
      ...grants,
      handler: `${file}.handler`,
      link: [...grants.link, keyPepper],
      // The gateway gives up after 30 s; the function must be the first to answer.
      timeout: "29 seconds",
    },
    { name: nameOf(file) },
  );
}

/** `functions/api/vms/snapshots/create` is VmsSnapshotsCreate: what an operator reads in the console and the logs. */
function nameOf(file: string) {
  return file
    .replace(/^functions\/api\//, "")
    .split(/[^a-zA-Z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
