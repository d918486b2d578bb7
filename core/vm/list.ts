import * as z from "zod";
import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import { Guest, readAll, type Profile } from "../inventory/index.ts";
import { ClusterId, Flag } from "../lib/field.ts";
import { unknownFilter } from "../lib/filter.ts";
import { glob } from "../lib/glob.ts";
import { fromCursor, Page, PageInput, pageFrom, type Warning } from "../lib/page.ts";
import { matches, parseExpression, TagExpression, unknownTags } from "../selector/index.ts";
import { verb } from "../verb.ts";
import { Position, positionIn, sorter, SortKeys } from "./sort.ts";

const Input = z.strictObject({
  ...PageInput,
  cluster: ClusterId.optional(),
  node: z.string().max(63).optional(),
  pool: z.string().max(100).optional(),
  status: Guest.shape.status.optional(),
  type: Guest.shape.type.optional(),
  name: z.string().min(1).max(255).optional(),
  tags: TagExpression.optional(),
  template: Flag.optional(),
  sort: SortKeys.optional(),
  fresh: Flag.default(false),
});
type Input = z.infer<typeof Input>;

const EXACT = ["node", "pool", "status", "type", "template"] as const;

function filter(input: Input): (guest: Profile) => boolean {
  const expression = input.tags === undefined ? undefined : parseExpression(input.tags);
  return (guest) =>
    EXACT.every((field) => input[field] === undefined || input[field] === guest[field]) &&
    (input.name === undefined || glob(input.name, guest.name ?? "")) &&
    (expression === undefined || matches(expression, guest.tags));
}

/** Of a guest that is paused a listing tells that it runs; only its own status says more. */
const unlistedStatus = (status: Input["status"]): Warning[] =>
  status === "paused"
    ? [
        {
          code: "filter.unknown",
          detail:
            "no listing has the status paused: such a guest is listed as running, and its own status tells",
        },
      ]
    : [];

/** Filters that fit no guest at all; asked only where nothing fits all filters. */
async function misspelt(ctx: Context, { cluster, node, pool, name, tags, status }: Input) {
  const unknown = await Cluster.unknownCluster(ctx, cluster);
  if (unknown.length > 0) return unknown;
  const { guests } = await readAll(ctx, cluster === undefined ? {} : { clusters: [cluster] });
  const isName = name !== undefined && guests.some((guest) => glob(name, guest.name ?? ""));
  return [
    ...unknownFilter("name", name, isName ? [name] : []),
    ...unknownTags(tags, guests),
    ...unlistedStatus(status),
    ...unknownFilter(
      "node",
      node,
      guests.map((guest) => guest.node),
    ),
    ...unknownFilter(
      "pool",
      pool,
      guests.map((guest) => guest.pool),
    ),
  ];
}

/** Guests of all clusters. One that does not answer leaves the list partial, never empty. */
export const list = verb({
  action: "vm.list",
  effect: "read",
  input: Input,
  output: Page(Guest),
  async run(ctx, input) {
    const clusters = input.cluster === undefined ? {} : { clusters: [input.cluster] };
    const { guests, asOf, partial, warnings } = await readAll(ctx, {
      ...clusters,
      fresh: input.fresh,
      where: filter(input),
    });
    const order = sorter(input.sort);
    const sorted = guests.toSorted(order);
    const last = fromCursor(Position(input.sort), input.cursor)?.at;
    const start = last === undefined ? 0 : sorted.findIndex((guest) => order(guest, last) > 0);
    const from = start < 0 ? sorted.length : start;
    const page = pageFrom(sorted, from, input.limit, positionIn(input.sort));
    const unknown = guests.length === 0 ? await misspelt(ctx, input) : [];
    return { ...page, asOf, partial, warnings: [...warnings, ...unknown] };
  },
});
