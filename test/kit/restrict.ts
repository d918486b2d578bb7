import type { World } from "../../core/context.ts";
import type { Store } from "../../core/db/index.ts";
import type { Provider } from "../../functions/http/provider.ts";

const forbidden = (what: string) => async (): Promise<never> => {
  throw new Error(`AccessDenied: this function may not use ${what}`);
};

/** What IAM would allow: a reader writes neither State nor History, and nobody rewrites the audit log. */
function restrictStore(store: Store, effect: "read" | "write"): Store {
  return {
    ...store,
    async write(changes) {
      const denied = changes.find(
        (change) =>
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
  return {
    ...world,
    store: restrictStore(world.store, effect),
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
