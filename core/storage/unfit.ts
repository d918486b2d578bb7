import type { Storage } from "./storage.ts";

/** What is to lie where. */
interface Wanted {
  readonly storage: string;
  readonly node: string;
  /** In Proxmox's words: `images` of VMs, `rootdir` of containers. */
  readonly content: string;
}

/** Why a storage of a cluster cannot take it, or undefined. How full it is only Proxmox can judge. Pure. */
export function unfit(storages: readonly Storage[], { storage, node, content }: Wanted) {
  const here = storages.find((one) => one.storage === storage && one.nodes.includes(node));
  if (!here) return { code: "storage.missing", because: `there is no storage ${storage} on node ${node}` };
  if (!here.content.includes(content))
    return { code: "storage.content", because: `storage ${storage} does not hold ${content}` };
  if (here.active) return undefined;
  return { code: "storage.inactive", because: `storage ${storage} is not active on node ${node}` };
}
