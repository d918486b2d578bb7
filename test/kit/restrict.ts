import type { World } from "../../core/context.ts";
import type { Change, Store } from "../../core/db/index.ts";
import type { Provider } from "../../functions/http/provider.ts";

const forbidden = (what: string) => async (): Promise<never> => {
  throw new Error(`AccessDenied: this function may not use ${what}`);
};

function denied(what: string): never {
  throw new Error(`AccessDenied: this function may not use ${what}`);
}

/** The same settings, of which the pepper cannot be read. */
const withoutPepper = (settings: World["settings"]): World["settings"] =>
  Object.defineProperty({ ...settings }, "pepper", { get: () => denied("keys") });

/** The partition of a row that is changed. */
function partitionOf(change: Change): string {
  if ("put" in change) return change.put.pk;
  if ("update" in change) return change.update.pk;
  return "remove" in change ? change.remove.pk : change.check.pk;
}

/** API keys and how clusters are reached: for nobody here to change. */
const isGuarded = (change: Change) =>
  change.table === "State" && /^(?:key#|cluster$)/.test(partitionOf(change));

/** What IAM would allow: a reader writes neither State nor History, and nobody rewrites the audit log. */
function restrictStore(store: Store, effect: "read" | "write"): Store {
  return {
    ...store,
    async write(changes) {
      const denied = changes.find(
        (change) =>
          isGuarded(change) ||
          (effect === "read" && (change.table === "State" || change.table === "History")) ||
          (change.table === "Audit" && !("put" in change)),
      );
      if (denied) throw new Error(`AccessDenied: a ${effect} may not do this to ${denied.table}`);
      await store.write(changes);
    },
  };
}

/** The world as a function with these needs would have it, so that a test notices what its grants lack. */
export function restrict(world: World, needs: readonly Provider[], effect: "read" | "write"): World {
  const has = (name: Provider["name"]) => needs.some((need) => need.name === name);
  const none = {
    put: forbidden("scheduler"),
    remove: forbidden("scheduler"),
    has: forbidden("scheduler"),
    ping: forbidden("scheduler"),
  };
  const noStore = {
    get: forbidden("tables"),
    getMany: forbidden("tables"),
    query: forbidden("tables"),
    write: forbidden("tables"),
  };
  return {
    ...world,
    store: has("tables") ? restrictStore(world.store, effect) : noStore,
    settings: has("keys") ? world.settings : withoutPepper(world.settings),
    ...(has("sealing")
      ? {}
      : {
          sealing: {
            get key() {
              return denied("sealing");
            },
          },
        }),
    ...(has("queue") ? {} : { queue: { send: forbidden("queue"), ping: forbidden("queue") } }),
    ...(has("scheduler") ? {} : { scheduler: none }),
    ...(has("proxmox")
      ? {}
      : {
          secrets: { read: forbidden("proxmox") },
          dial: () => {
            throw new Error("AccessDenied: this function may not use proxmox");
          },
        }),
  };
}
