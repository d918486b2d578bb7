import * as z from "zod";
import { Fault } from "../../core/lib/fault.ts";

const Paths = z.record(z.string(), z.record(z.string(), z.looseObject({ "x-file": z.string() })));

/** A route of the document, ready to be compared with a path. */
export interface Route {
  readonly key: string;
  readonly method: string;
  readonly parts: readonly string[];
  readonly file: string;
}

const isParameter = (part: string) => part.startsWith("{");

/** The routes of a document; a literal part is compared before a parameter, as API Gateway does. */
export function routesOf(paths: unknown): Route[] {
  const found = Object.entries(Paths.parse(paths)).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      const upper = method.toUpperCase();
      return { key: `${upper} ${path}`, method: upper, parts: path.split("/"), file: operation["x-file"] };
    }),
  );
  const rank = (route: Route) => route.parts.map((part) => (isParameter(part) ? "1" : "0")).join("");
  return found.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** The route for a request. */
export function match(routes: readonly Route[], method: string, path: string): Route | undefined {
  const given = path.split("/");
  return routes.find(
    (route) =>
      route.method === method &&
      route.parts.length === given.length &&
      route.parts.every((part, index) => (isParameter(part) ? given[index] !== "" : part === given[index])),
  );
}

/** The methods that a path takes; none when there is no such path. */
export const methodsOf = (routes: readonly Route[], path: string): string[] =>
  [...new Set(routes.map((route) => route.method))]
    .filter((method) => match(routes, method, path))
    .toSorted();

/** There is no such path. */
export const noRoute = (method: string, path: string, hint = "/docs lists them all"): Fault =>
  new Fault("missing", "route.missing", `There is no route ${method} ${path}; ${hint}.`);
