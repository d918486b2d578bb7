import { single, type Proposal } from "../operation/index.ts";
import { snapshots, type SnapshotEntry } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { named } from "./ask.ts";
import {
  describe,
  expiryOf,
  jobOf,
  markerOf,
  pinOf,
  wordedExpiry,
  wordsOf,
  type Facts,
} from "./description.ts";
import { takenAt } from "./entry.ts";
import { withoutTtl } from "./ttl.ts";
import { UpdateInput, wishOf, type Wish } from "./update-input.ts";

/** What the snapshot says of itself afterwards. */
function changed({ description, expiresAt, pin }: Wish, entry: SnapshotEntry) {
  const { description: before } = entry;
  const words = description ?? wordsOf(before);
  // New words may state a time to live as the original does.
  const stays = () => wordedExpiry(description ?? "", takenAt(entry)) ?? expiryOf(before, takenAt(entry));
  const facts: Facts = {
    marker: markerOf(before),
    job: jobOf(before),
    expiresAt: expiresAt === undefined ? stays() : (expiresAt ?? undefined),
    pin: pin === undefined ? pinOf(before) : (pin ?? undefined),
  };
  // The original's own time to live would count again once the stated one is taken away.
  return { to: describe(expiresAt === undefined ? words : withoutTtl(words), facts), facts };
}

const takenOf = ({ snaptime }: SnapshotEntry) => (snaptime === undefined ? {} : { snaptime });

/** Changes what a snapshot says of itself: its words, when it goes, and whether it is pinned. */
export const update = single({
  action: ACTIONS.update,
  input: UpdateInput,
  async propose({ ctx, guest, proxmox }, input): Promise<Proposal> {
    const entry = named(await snapshots(proxmox, guest), guest, input.name);
    const wish = wishOf(input, entry, ctx.clock.now());
    const from = entry.description ?? "";
    const { to, facts } = changed(wish, entry);
    const isWished = Object.values(wish).some((value) => value !== undefined);
    if (!isWished || to === from.trimEnd())
      return { run: false, code: "snapshot.unchanged", because: `${input.name} says so already` };
    const expiresAt = facts.expiresAt?.toISOString() ?? null;
    const detail = { name: input.name, from, to, expiresAt, ...takenOf(entry) };
    return { run: true, because: `${input.name} is described anew`, detail };
  },
});
