import * as z from "zod";
import * as Cluster from "../cluster/index.ts";
import { unknownFilter } from "../lib/filter.ts";
import { ClusterId, Flag, Fresh } from "../lib/field.ts";
import { Page, PageInput, pageByKey, type Warning } from "../lib/page.ts";
import { verb } from "../verb.ts";
import { storageParts } from "./read.ts";
import { Storage } from "./storage.ts";

const Input = z.strictObject({
  ...PageInput,
  cluster: ClusterId.optional(),
  node: z.string().max(63).optional(),
  type: z.string().max(40).optional(),
  content: z.string().max(40).optional(),
  shared: Flag.optional(),
  health: Storage.shape.health.optional(),
  fresh: Fresh,
});
type Input = z.infer<typeof Input>;

const filter = (input: Input) => (storage: Storage) =>
  (input.node === undefined || storage.nodes.includes(input.node)) &&
  (input.type === undefined || storage.type === input.type) &&
  (input.content === undefined || storage.content.includes(input.content)) &&
  (input.shared === undefined || storage.shared === input.shared) &&
  (input.health === undefined || storage.health === input.health);

/** Filters that no storage fits, whatever else is asked for. */
function unknownIn({ node, type, content }: Input, storages: readonly Storage[]): Warning[] {
  const nodes = storages.flatMap((storage) => storage.nodes);
  const types = storages.map((storage) => storage.type);
  const contents = storages.flatMap((storage) => storage.content);
  return [
    ...unknownFilter("node", node, nodes),
    ...unknownFilter("type", type, types),
    ...unknownFilter("content", content, contents),
  ];
}

/** Storages of all clusters, as they are now. One that does not answer leaves the list partial, never empty. */
export const list = verb({
  action: "storage.list",
  effect: "read",
  input: Input,
  output: Page(Storage),
  async run(ctx, input) {
    const asOf = ctx.clock.now().toISOString();
    const { storages, ...rest } = await storageParts(ctx, input.cluster);
    const warnings = [...rest.warnings];
    const found = storages.filter(filter(input));
    const sorted = found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const partial = warnings.length > 0;
    const misspelt = [...(await Cluster.unknownCluster(ctx, input.cluster)), ...unknownIn(input, storages)];
    const page = pageByKey(sorted, ({ id }) => id, input);
    return { ...page, asOf, partial, warnings: found.length > 0 ? warnings : [...warnings, ...misspelt] };
  },
});
