import document from "../openapi.json" with { type: "json" };
import { routeDuty, UNROUTED } from "./duties.ts";
import { grantsFor, settings } from "./functions.ts";
import { routesOf } from "./routes.ts";

/** The gateway. No browser calls it, so it answers no preflight. */
export const api = new sst.aws.ApiGatewayV2("Api", { cors: false, accessLog: { retention: "1 month" } });

for (const route of routesOf(document)) {
  const { key, file } = route;
  api.route(
    key,
    {
      ...settings,
      ...grantsFor(routeDuty(route)),
      handler: `${file}.handler`,
      // The gateway gives up after 30 s; the function must be the first to answer.
      timeout: "29 seconds",
    },
    { name: nameOf(file) },
  );
}

// What no route takes: else the gateway would answer it in words of its own, and a wrong method as a path that is not there.
api.route(
  "$default",
  { ...settings, ...grantsFor(UNROUTED), handler: "functions/http/unrouted.handler", timeout: "29 seconds" },
  { name: "Unrouted" },
);

/** `functions/api/vms/snapshots/create` is VmsSnapshotsCreate: what an operator reads in the console and the logs. */
function nameOf(file: string) {
  return file
    .replace(/^functions\/api\//, "")
    .split(/[^a-zA-Z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
