import { autosnap } from "./autosnap.ts";
import { original } from "./original.ts";
import type { Peer } from "./port.ts";
import { goProxmox, proxmoxer } from "./threads.ts";

export { type Peer, type Port } from "./port.ts";

/** What users would pick instead. */
export const PEERS: readonly Peer[] = [original, autosnap, proxmoxer, goProxmox];
