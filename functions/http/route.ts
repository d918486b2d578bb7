import type { Verb } from "../../core/verb.ts";
import { mount, type Handler } from "./mount.ts";
import type { Provider } from "./provider.ts";

/** A route as its file states it. Field names of the path must be fields of the verb's input. */
export interface RouteDefinition {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** Its operationId, where several routes do the same action; else that is the action. */
  readonly name?: string;
  readonly summary: string;
  readonly verb: Verb;
  /** The status of success; a write that starts Proxmox work answers 202. */
  readonly status: 200 | 201 | 202 | 204;
  /** What it needs beside the tables; grants and network are derived from this. */
  readonly needs?: readonly Provider[];
  /** True for the few routes that answer without a key. */
  readonly open?: true;
  /** If-Match names the version that is to be changed. */
  readonly ifMatch?: true;
  /** The status in place of the one above, where the value says so. */
  readonly statusOf?: (value: unknown) => number | undefined;
  /** How the value is written when it is not JSON; `events` are server-sent ones, and Last-Event-ID is part of the input. */
  readonly as?: "html" | "events";
}

/** The truth of a route, from which the document, the infrastructure and the tests are made. */
export interface Spec extends RouteDefinition {
  readonly parameters: readonly string[];
}

/** A route: its specification and its own Lambda handler. */
export function route(definition: RouteDefinition): { spec: Spec; handler: Handler } {
  const parameters = [...definition.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const spec = { ...definition, parameters };
  return { spec, handler: mount(spec) };
}
