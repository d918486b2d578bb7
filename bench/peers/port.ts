import type { Clock } from "../../core/lib/clock.ts";

/** A guest as a peer was told of it. */
export interface PeerGuest {
  readonly vmid: number;
  readonly node: string;
}

/** A cluster as a peer's script sees it. */
export interface Port {
  readonly clock: Clock;
  readonly guests: readonly PeerGuest[];
  /** Tasks that one node may be given at once, by the peers that can be told. */
  readonly nodeCap: number;
  /** The `data` of the answer. */
  ask(method: "GET" | "POST", path: string, form?: Readonly<Record<string, string>>): Promise<unknown>;
}

/** A tool that users would pick instead: what it sends to snapshot these guests, and whether it learns how each ended. */
export interface Peer {
  readonly name: string;
  /** How it goes about it, and where that was read. */
  readonly pattern: string;
  readonly verifies: boolean;
  readonly run: (port: Port) => Promise<void>;
}

export const guestPath = ({ node, vmid }: PeerGuest) => `/nodes/${node}/qemu/${vmid}`;

/** Asks for a snapshot; the UPID of its task. */
export const snapshot = async (port: Port, guest: PeerGuest): Promise<string> =>
  String(await port.ask("POST", `${guestPath(guest)}/snapshot`, { snapname: "peer" }));

const hasStopped = (status: unknown) =>
  typeof status === "object" && status !== null && "status" in status && status.status === "stopped";

/** Asks for a task's status, again and again with a fixed pause between, until it has ended. */
export async function poll(port: Port, { node }: PeerGuest, upid: string, pauseMs: number): Promise<void> {
  const path = `/nodes/${node}/tasks/${encodeURIComponent(upid)}/status`;
  while (!hasStopped(await port.ask("GET", path))) await port.clock.sleep(pauseMs);
}
