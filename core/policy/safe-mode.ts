import * as z from "zod";
import type { World } from "../context.ts";
import { sha256 } from "../lib/canonical.ts";
import { memo } from "../lib/memo.ts";

export const MODES = ["off", "audit", "permissive", "strict"] as const;

/** What safe mode demands: in `strict` and `permissive` only guests with the owner tag may be changed freely. */
export const SafeMode = z.object({ mode: z.enum(MODES), ownerTag: z.string() });
export type SafeMode = z.infer<typeof SafeMode>;

const KEY = { pk: "safe-mode", sk: "current" };
const DEFAULT: SafeMode = { mode: "strict", ownerTag: "moxxie" };

/** The settings in force; a deployment on which nobody has set them is strict. */
export async function safeMode(world: Pick<World, "store">): Promise<SafeMode> {
  const row = await world.store.get("State", KEY);
  return row ? SafeMode.parse(row) : DEFAULT;
}

const recent = memo<SafeMode>(5000);

/**
 * The settings as they were up to five seconds ago: enough for an item of an operation. Policy let it through when it was
 * planned, and a change that comes while items are on their way cannot stop those either.
 */
export const recallSafeMode = (world: Pick<World, "store" | "clock">): Promise<SafeMode> =>
  recent(world.store, KEY.pk, world.clock.now(), async () => {
    const row = await world.store.get("State", KEY, { eventual: true });
    return row ? SafeMode.parse(row) : safeMode(world);
  });

/** Changes the settings from what they were; a LostRace tells that they are no longer so. */
export async function replaceSafeMode(world: Pick<World, "store">, from: SafeMode, to: SafeMode) {
  const kept = await world.store.get("State", KEY);
  const when = kept ? { equals: { ...from } } : { exists: false };
  await world.store.write([{ table: "State", put: safeModeRow(to), when }]);
}

/** The row that holds these settings. */
export const safeModeRow = (settings: SafeMode) => ({ ...KEY, ...settings });

/** The version of the settings, for If-Match. */
export const safeModeEtag = (settings: SafeMode) =>
  sha256(`${settings.mode}\n${settings.ownerTag}`).slice(0, 16);
