import type { Warning } from "../lib/page.ts";
import { ageOf, isStale } from "./age.ts";
import type { Kept } from "./store.ts";

/** What is known of a cluster, but for its guests. */
export type Known = Omit<Kept, "guests">;

const SIGHTS = {
  all: [],
  some: ["sees some guests only: it lacks VM.Audit on /vms"],
  none: ["sees no guest: it lacks VM.Audit on /vms"],
} as const;

const plural = (count: number) => (count === 1 ? "1 guest" : `${count} guests`);

function untold({ untold: { never, oldest, old } }: Known, cluster: string, now: Date): string[] {
  const texts = [];
  if (never > 0) texts.push(`of ${plural(never)} of cluster ${cluster} Proxmox has never told name and tags`);
  if (oldest !== null && isStale(oldest, now))
    texts.push(
      `of ${plural(old)} of cluster ${cluster} Proxmox tells no more than where they are; the rest is ${ageOf(oldest, now)}`,
    );
  return texts;
}

/** What a reader has to know about what is shown of a cluster; nothing when all of it is there and new. Pure. */
export function remarks(cluster: string, known: Known, now: Date): Warning[] {
  const { asOf, nodes, suspect, sight, failure, outdated } = known;
  const age = ageOf(asOf, now);
  const fewer = `cluster ${cluster} shows far fewer guests than before since ${suspect}; the ones known then are listed`;
  const warn = (code: string, details: readonly string[]) => details.map((detail) => ({ code, detail }));
  const offline = nodes.filter(({ online }) => !online).map(({ name }) => name);
  return [
    ...warn(
      "proxmox.privilege",
      SIGHTS[sight].map((text) => `the token of cluster ${cluster} ${text}`),
    ),
    ...warn("inventory.suspect", suspect === null ? [] : [fewer]),
    ...warn(
      failure?.code ?? "",
      failure ? [`cluster ${cluster} tells nothing since ${failure.since}: ${failure.detail}`] : [],
    ),
    ...warn("inventory.stale", isStale(asOf, now) ? [`what is known of cluster ${cluster} is ${age}`] : []),
    ...warn(
      "inventory.stale",
      outdated ? [`cluster ${cluster} was changed by Moxxie and could not be listed since`] : [],
    ),
    ...warn(
      "node.offline",
      offline.map(
        (node) => `node ${node} of cluster ${cluster} is offline; what is shown of its guests is old`,
      ),
    ),
    ...warn("vm.unknown", untold(known, cluster, now)),
  ];
}
