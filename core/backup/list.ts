import * as z from "zod";
import * as Cluster from "../cluster/index.ts";
import { readAll, VmRef } from "../inventory/index.ts";
import type { Context } from "../context.ts";
import { find } from "../inventory/index.ts";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { unknownFilter } from "../lib/filter.ts";
import { Page, PageInput, pageOf } from "../lib/page.ts";
import { matches, parseExpression, TagExpression, unknownTags } from "../selector/index.ts";
import { verb } from "../verb.ts";
import { Backup } from "./backup.ts";
import { survey } from "./survey.ts";

const filters = {
  ...PageInput,
  storage: z.string().max(100).optional(),
  node: z.string().max(63).optional(),
  protected: Flag.optional(),
  verification: Backup.shape.verification.optional(),
  fresh: Flag.default(true),
};
const Input = z.strictObject({
  ...filters,
  cluster: ClusterId.optional(),
  vm: VmRef.optional(),
  tags: TagExpression.optional(),
});
type Input = z.infer<typeof Input>;
const OfGuest = z.strictObject({ ...filters, cluster: ClusterId, vmid: Vmid });

const keyOf = ({ cluster, node, volid }: Backup) => `${cluster} ${node ?? ""} ${volid}`;

/** The guests that carry the tags, and what is not known of them; a backup of a guest that is gone carries none. */
async function carriers(ctx: Context, tags: string | undefined) {
  if (tags === undefined) return { chosen: undefined, unsure: [], unknown: [] };
  const expression = parseExpression(tags);
  const { guests, warnings } = await readAll(ctx);
  const fitting = guests.filter((guest) => matches(expression, guest.tags));
  const unknown = unknownTags(tags, guests);
  return { chosen: new Set(fitting.map(({ id }) => id)), unsure: warnings, unknown };
}

type Filters = Pick<Input, "limit" | "cursor" | "storage" | "node" | "protected" | "verification">;

async function page(
  ctx: Context,
  input: Filters,
  wanted: { cluster?: string | undefined; vmid?: number | undefined; tags?: string | undefined },
) {
  const asOf = ctx.clock.now().toISOString();
  const { storage, node } = input;
  const [read, { chosen, unsure, unknown: tags }] = await Promise.all([
    survey(ctx, { ...wanted, storage, node }),
    carriers(ctx, wanted.tags),
  ]);
  const warnings = [...read.warnings, ...unsure];
  const found = read.backups.filter(
    (backup) =>
      (input.protected === undefined || backup.protected === input.protected) &&
      (input.verification === undefined || backup.verification === input.verification) &&
      (chosen === undefined || (backup.vm !== null && chosen.has(backup.vm))),
  );
  const partial = warnings.length > 0;
  const unknown = await Cluster.unknownCluster(ctx, wanted.cluster);
  const places = [
    ...unknownFilter("storage", storage, read.known.storages),
    ...unknownFilter("node", node, read.known.nodes),
    ...tags,
  ];
  const misspelt = found.length > 0 ? [] : unknown.length > 0 ? unknown : places;
  return { ...pageOf(found, keyOf, input), asOf, partial, warnings: [...warnings, ...misspelt] };
}

/** The backups of a guest of one cluster that are in another. */
const nothing = (ctx: Context) => ({
  items: [],
  nextCursor: null,
  asOf: ctx.clock.now().toISOString(),
  partial: false,
  warnings: [],
});

/** Backups of all clusters, newest first, each once however many nodes share its storage. Always as the storages list them now. */
export const list = verb({
  action: "backup.list",
  effect: "read",
  input: Input,
  output: Page(Backup),
  async run(ctx, input) {
    const { vm, tags, cluster = vm?.cluster } = input;
    if (vm && vm.cluster !== cluster) return nothing(ctx);
    return page(ctx, input, { cluster, vmid: vm?.vmid, tags });
  },
});

/** The backups of one guest, newest first. */
export const listOfGuest = verb({
  action: "backup.list",
  effect: "read",
  input: OfGuest,
  output: Page(Backup),
  async run(ctx, input) {
    await find(ctx, input.cluster, input.vmid);
    return page(ctx, input, { cluster: input.cluster, vmid: input.vmid });
  },
});
