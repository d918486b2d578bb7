import type { Context } from "../context.ts";
import { listAnew, type Reading } from "../inventory/index.ts";
import type { Missing } from "../selector/index.ts";
import type { Task } from "./lay.ts";

/**
 * Lists the clusters anew in which guests may be that are named and not known: one that was made a moment ago is not in
 * the inventory yet. Gives those that cannot be listed; undefined where all has been listed after `since` already.
 */
export async function seek(
  ctx: Context,
  missing: readonly Missing[],
  meant: Reading["parts"],
  since: Date,
): Promise<string[] | undefined> {
  const homes = new Set(missing.map(({ cluster }) => cluster));
  const old = meant
    .filter(({ cluster }) => homes.has(undefined) || homes.has(cluster))
    .filter(({ asOf }) => Date.parse(asOf) <= since.getTime());
  if (old.length === 0) return undefined;
  const answers = old.map(async ({ cluster }) => ((await listAnew(ctx, cluster)) ? [] : [cluster]));
  return (await Promise.all(answers)).flat();
}

/** A token that may not see a guest shows none. */
const BLIND = new Set(["inventory.suspect", "proxmox.privilege"]);

/** The clusters that answer and do not show all their guests. */
export const blind = (meant: Reading["parts"]): string[] =>
  meant.filter(({ warnings }) => warnings.some(({ code }) => BLIND.has(code))).map(({ cluster }) => cluster);

const lost = (id: string) => ({ code: "vm.missing", because: `there is no guest ${id}` });

const untold = (id: string, mute: readonly string[]) => {
  const who = mute.length === 1 ? `cluster ${mute.join()} does` : `${mute.length} clusters do`;
  const because = `nobody can tell whether there is a guest ${id} while ${who} not show all guests`;
  return { code: "vm.unknown", because };
};

/**
 * A guest that is named by its VMID and is not there, or of which nobody can tell while the clusters `mute` do not
 * show all that they have: a skipped item, so that it is not left out in silence.
 */
export function absent(action: string, { vmid, cluster = "*" }: Missing, mute: readonly string[]): Task {
  const id = `${cluster}/${vmid}`;
  const away = cluster === "*" ? mute : mute.filter((one) => one === cluster);
  const why = away.length === 0 ? lost(id) : untold(id, away);
  return {
    guest: { id, cluster, vmid, name: null, node: "", type: "qemu" },
    item: { vm: { id, name: null, node: "" }, action, willRun: false, ...why, detail: {} },
  };
}
