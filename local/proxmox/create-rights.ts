import type { Call } from "./call.ts";
import { checkHostAccess } from "./config-change.ts";
import { requirePrivilege } from "./permission.ts";
import { Refusal } from "./refusal.ts";
import { requireTagRights } from "./tag-rights.ts";

/** Who may make a guest: whoever may do so on its id or in its pool. */
export function checkMaker(call: Call): void {
  const { params, world } = call;
  const vmid = params.text("vmid");
  const pool = params.optional("pool");
  if (pool !== undefined && !world.state.pools[pool])
    throw new Refusal(403, `Permission check failed (pool '${pool}' does not exist)`);
  const onPool = pool !== undefined && call.may(`/pool/${pool}`, "VM.Allocate");
  const again = params.has("archive") && params.flag("force") && call.may(`/vms/${vmid}`, "VM.Backup");
  if (!call.may(`/vms/${vmid}`, "VM.Allocate") && !onPool && !again)
    throw new Refusal(403, "Permission check failed");
  requireTagRights(call, undefined, params.optional("tags"));
  checkHostAccess(call.who, Object.entries(params.without(["hookscript"])));
  const storage = params.optional("storage");
  if (storage !== undefined) requirePrivilege(call, `/storage/${storage}`, ["Datastore.AllocateSpace"]);
}
