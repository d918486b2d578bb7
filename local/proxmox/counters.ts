/** What was asked of one endpoint: requests, and bytes of bodies in both directions. */
interface Count {
  requests: number;
  received: number;
  sent: number;
}

/** What a run cost Proxmox. Keys of `calls` are "METHOD /path/{template}". */
export interface Counters {
  readonly calls: Record<string, Count>;
  /** Tasks that run now, by node. */
  readonly running: Record<string, number>;
  /** The most tasks that ever ran at once, by node. */
  readonly peak: Record<string, number>;
  readonly total: Count;
}

export const emptyCounters = (): Counters => ({
  calls: {},
  running: {},
  peak: {},
  total: { requests: 0, received: 0, sent: 0 },
});

export function countCall(counters: Counters, name: string, sizes: { received: number; sent: number }): void {
  const call = (counters.calls[name] ??= { requests: 0, received: 0, sent: 0 });
  for (const count of [call, counters.total]) {
    count.requests += 1;
    count.received += sizes.received;
    count.sent += sizes.sent;
  }
}

/** A task on the node began (+1) or ended (-1). */
export function countTask(counters: Counters, node: string, change: 1 | -1): void {
  const now = (counters.running[node] ?? 0) + change;
  counters.running[node] = now;
  counters.peak[node] = Math.max(counters.peak[node] ?? 0, now);
}
