import * as z from "zod";
import { ClusterId, Fresh } from "../lib/field.ts";
import { Fault } from "../lib/fault.ts";
import { verb } from "../verb.ts";
import { storagesOf } from "./read.ts";
import { healthOf, Storage } from "./storage.ts";

const Input = z.strictObject({
  cluster: ClusterId,
  storage: z.string().max(100),
  node: z.string().max(63).optional(),
  fresh: Fresh,
});

const Detail = Storage.extend({
  /** A local storage is another one on each node; its own figures are the sums of these. */
  perNode: z.array(
    Storage.pick({ node: true, active: true, totalBytes: true, usedBytes: true, health: true }),
  ),
});

const sum = (values: readonly (number | null)[]) =>
  values.every((value) => value === null)
    ? null
    : values.reduce<number>((total, value) => total + (value ?? 0), 0);

/** One storage of a cluster, on all of its nodes or on one. */
export const get = verb({
  action: "storage.get",
  effect: "read",
  input: Input,
  output: Detail,
  async run(ctx, { cluster, storage, node }) {
    const { storages } = await storagesOf(ctx, cluster);
    const named = storages.filter((one) => one.storage === storage);
    const found = named.filter(({ nodes }) => node === undefined || nodes.includes(node));
    const [first] = found;
    if (!first) {
      const where = node === undefined ? "" : ` on node ${node}`;
      const detail = `Cluster ${cluster} has no storage ${storage}${where}, or its token may not see it.`;
      throw new Fault("missing", "storage.missing", detail);
    }
    if (first.shared) return { ...first, perNode: [] };
    const totalBytes = sum(found.map((one) => one.totalBytes));
    const usedBytes = sum(found.map((one) => one.usedBytes));
    return {
      ...first,
      id: node === undefined ? `${cluster}/${storage}` : first.id,
      node: node ?? null,
      nodes: found.flatMap(({ nodes }) => nodes),
      active: found.some(({ active }) => active),
      totalBytes,
      usedBytes,
      health: healthOf(totalBytes, usedBytes),
      perNode: found,
    };
  },
});
