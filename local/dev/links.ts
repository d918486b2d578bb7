import { AsyncLocalStorage } from "node:async_hooks";
import * as z from "zod";
import document from "../../openapi.json" with { type: "json" };
import { CRONS, linksOf, routeDuty, WORKERS, type Duty } from "../../infra/duties.ts";
import { routesOf } from "../../infra/routes.ts";

const Links = z.record(z.string(), z.record(z.string(), z.string()));

const duties = new Map<string, Duty>([
  ...routesOf(document).map((route) => [route.file, routeDuty(route)] as const),
  ...Object.entries(WORKERS).map(([name, duty]) => [`functions/worker/${name}`, duty] as const),
  ...Object.entries(CRONS).map(([name, duty]) => [`functions/cron/${name}`, duty] as const),
]);

const running = new AsyncLocalStorage<string>();

/** Runs a function's handler: while it does, it has the links that infra would give to this file, and no others. */
export const as = <T>(file: string, run: () => Promise<T>): Promise<T> => running.run(file, run);

function admit(link: string): void {
  const file = running.getStore() ?? "";
  const duty = duties.get(file);
  if (link === "App" || (duty && linksOf(duty).includes(link))) return;
  throw new Error(`"${link}" is not linked to ${file} in infra`);
}

/** One link, whose properties only those can read to whom it is given. */
function guarded(link: string, properties: Readonly<Record<string, string>>): object {
  return new Proxy(properties, {
    get(target, property) {
      admit(link);
      return Reflect.get(target, property);
    },
  });
}

/** The links of all functions, for SST's Resource, which they share in one process. */
export function guardedLinks(text: string): Readonly<Record<string, object>> {
  const links = Object.entries(Links.parse(JSON.parse(text)));
  return Object.fromEntries(links.map(([name, properties]) => [name, guarded(name, properties)]));
}
