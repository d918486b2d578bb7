import * as z from "zod";
import type { World } from "../context.ts";
import { listed } from "../lib/list.ts";
import { config, current, pending, textsOf, type Proxmox } from "../proxmox/index.ts";
import { pathOf, type ItemRow } from "./item.ts";

/**
 * So many seconds after its guest was looked at, a request that policy allowed by that look is not sent any more: the
 * guest is looked at again. Whoever tags a guest in Proxmox can rely on it from then on.
 */
export const LOOK_SECONDS = 20;

/** The reads of a guest that tell its tags; which of them an effect needs anyway. */
export type LookName = "current" | "config" | "pending";

/** What policy goes by, as Proxmox shows it. `before` is when a request that depends on it has to be sent, in milliseconds. */
export interface Facts {
  readonly tags: readonly string[];
  readonly template: boolean;
  readonly name: string | null;
  /** As `/cluster/resources` would say it, with the lock that goes with it. */
  readonly status?: string;
  readonly lock?: string | undefined;
  readonly before: number;
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= read());
}

const Named = z.object({ name: z.string().optional(), hostname: z.string().optional() });

/** A VM has a name, a container a host name. */
function nameIn(config: unknown): string | null {
  const { name, hostname } = Named.parse(config);
  return name ?? hostname ?? null;
}

const isSet = (flag: unknown) => String(flag) === "1";

/** One look at an item's guest: what is read of it is read once, for policy and for the effect alike. */
export function lookAt({ clock }: Pick<World, "clock">, proxmox: Proxmox, item: ItemRow) {
  const path = pathOf(item);
  const since = clock.now().getTime();
  const look = {
    current: once(() => current(proxmox, path)),
    config: once(() => config(proxmox, path)),
    pending: once(() => pending(proxmox, path)),
  };
  const before = since + LOOK_SECONDS * 1000;
  const read = {
    async current(): Promise<Facts> {
      const { tags, template = false, status, name = null, lock } = await look.current();
      return { tags: listed(tags), template, status, name, lock, before };
    },
    async config(): Promise<Facts> {
      const { tags, template, ...rest } = await look.config();
      return { tags: listed(tags), template: isSet(template), name: nameIn(rest), before };
    },
    async pending(): Promise<Facts> {
      const { tags, template, ...rest } = textsOf(await look.pending());
      return { tags: listed(tags), template: isSet(template), name: nameIn(rest), before };
    },
  };
  return { ...look, facts: (name: LookName) => read[name]() };
}

export type GuestLook = ReturnType<typeof lookAt>;
