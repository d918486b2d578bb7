import { holder } from "../../core/auth/index.ts";
import type { Actor, World } from "../../core/context.ts";
import { Fault } from "../../core/lib/fault.ts";
import type { Incoming } from "./request.ts";

const NOBODY: Actor = {
  id: "anonymous",
  name: "anonymous",
  role: "none",
  may: ["system.health", "system.docs", "system.openapi"],
};

function keyOf(incoming: Incoming): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(incoming.header("authorization") ?? "")?.[1];
  return bearer ?? incoming.header("x-api-key");
}

/** Who calls. Without a valid key nobody gets further than the open routes. */
export async function authenticate(world: World, incoming: Incoming, open: boolean): Promise<Actor> {
  if (open) return NOBODY;
  const key = keyOf(incoming);
  const actor = key === undefined ? undefined : await holder(world, key);
  if (actor) return actor;
  const detail =
    key === undefined
      ? "Send your API key as Authorization: Bearer mox_… or X-API-Key."
      : "The API key is not valid.";
  throw new Fault("unauthenticated", key === undefined ? "auth.missing" : "auth.invalid", detail);
}
