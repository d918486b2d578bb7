import * as z from "zod";
import type { World } from "../context.ts";
import type { Store } from "../db/index.ts";

/** How old our picture may be: what others have learnt reaches us so much later, and a call costs no read. */
const FRESH_MS = 5000;

/** A trouble of which nobody has asked for so long is forgotten. */
export const KEEP_SECONDS = 3600;

/** A trouble of a cluster: there only while it lasts. `sk` is its name; times in milliseconds, `expiresAt` in seconds. */
export const BreakerRow = z.object({
  sk: z.string(),
  reason: z.string(),
  since: z.number().default(0),
  probes: z.number().default(0),
  probeAt: z.number(),
  expiresAt: z.number(),
});
export type BreakerRow = z.infer<typeof BreakerRow>;

export const partition = (cluster: string) => `breaker#${cluster}`;

interface Picture {
  at: number;
  rows: readonly BreakerRow[];
  coming: Promise<readonly BreakerRow[]> | undefined;
}

const pictures = new WeakMap<Store, Map<string, Picture>>();

function known(store: Store, cluster: string): Picture {
  const all = pictures.get(store) ?? new Map<string, Picture>();
  pictures.set(store, all);
  const picture = all.get(cluster) ?? { at: -Infinity, rows: [], coming: undefined };
  all.set(cluster, picture);
  return picture;
}

/** The troubles of a cluster, as this process has seen them last; what it learns itself it knows at once. */
export function pictureOf({ store, clock }: Pick<World, "store" | "clock">, cluster: string) {
  const picture = known(store, cluster);
  const now = () => clock.now().getTime();
  const read = async () => {
    const found = await store.query({ table: "Runtime", pk: partition(cluster), eventual: true });
    const rows = found.map((row) => BreakerRow.parse(row));
    picture.rows = rows.filter(({ expiresAt }) => expiresAt * 1000 > now());
    picture.at = now();
    return picture.rows;
  };
  return {
    held: () => picture.rows,
    async rows(): Promise<readonly BreakerRow[]> {
      if (now() - picture.at < FRESH_MS) return picture.rows;
      picture.coming ??= read().finally(() => (picture.coming = undefined));
      return picture.coming;
    },
    /** Undefined for a trouble that is over. */
    replace(sk: string, row: BreakerRow | undefined) {
      picture.rows = [...picture.rows.filter((one) => one.sk !== sk), ...(row ? [row] : [])];
    },
  };
}
