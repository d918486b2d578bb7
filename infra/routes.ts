import { EFFECTS, NEEDS, type Duty } from "./duties.ts";

const METHODS = ["get", "post", "put", "patch", "delete"];

/** One operation of the document, as far as infra cares. */
export type Route = Duty & {
  /** As API Gateway writes it: `GET /v1/vms/{vmid}`. */
  readonly key: string;
  /** Path of the route file, without extension. */
  readonly file: string;
  /** It answers without a key. */
  readonly open?: true;
};

/** Every route of openapi.json. Throws where one does not say what it is: a guess here would be a right granted. */
export function routesOf(document: unknown): Route[] {
  return entries(field(document, "paths")).flatMap(([path, operations]) =>
    entries(operations)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => routeOf(`${method.toUpperCase()} ${path}`, operation)),
  );
}

function routeOf(key: string, operation: unknown): Route {
  const file = field(operation, "x-file");
  const effect = EFFECTS.find((known) => known === field(operation, "x-effect"));
  const declared = field(operation, "x-needs");
  if (typeof file !== "string" || !effect || !Array.isArray(declared)) {
    throw new Error(`openapi.json: ${key} lacks x-file, x-effect or x-needs`);
  }
  const needs = NEEDS.filter((need) => declared.includes(need));
  if (needs.length !== declared.length)
    throw new Error(`openapi.json: ${key} has an unknown or repeated need`);
  // An empty list of requirements: it answers without a key.
  const security = field(operation, "security");
  const open = Array.isArray(security) && security.length === 0 ? true : undefined;
  return { key, file, effect, needs, ...(open ? { open } : {}) };
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === "object" && value ? Object.entries(value) : [];
}

function field(value: unknown, name: string): unknown {
  return entries(value).find(([key]) => key === name)?.[1];
}
