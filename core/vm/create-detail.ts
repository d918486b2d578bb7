import * as z from "zod";
import { holderOf, type ItemRow } from "../operation/index.ts";

const Options = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** What follows once a guest is there, in this order. Sizes in bytes, times in seconds. */
export const Todo = z.discriminatedUnion("step", [
  z.object({
    step: z.literal("configure"),
    set: Options,
    remove: z.array(z.string()).default([]),
    /** The storage for the drive of cloud-init, which is made where there is none; null where none is needed. */
    drive: z.string().nullable().default(null),
    /** Whether the secret options of the operation are set too. */
    secret: z.boolean().default(false),
    /** Without these the guest is still what was asked for, and stays. */
    spare: z.boolean().default(false),
  }),
  z.object({ step: z.literal("grow"), disk: z.string(), bytes: z.number() }),
  z.object({ step: z.literal("start") }),
  z.object({ step: z.literal("ready"), seconds: z.number() }),
]);
export type Todo = z.input<typeof Todo>;
type Doing = z.output<typeof Todo>;

/** What an item knows of the guest that it makes: beside it stands what the maker itself has to know. */
const Birth = z.object({
  vmid: z.number().exactOptional(),
  /** The task that made it. */
  upid: z.string().exactOptional(),
  name: z.string().nullable(),
  node: z.string(),
  /** `clean` takes away what is half made, `end` only says how it came out. */
  step: z.enum(["make", "configure", "grow", "start", "ready", "clean", "end"]).default("make"),
  at: z.number().default(-1),
  todo: z.array(Todo).default([]),
  /** Whether secret options are kept for the operation. */
  secret: z.boolean().default(false),
  /** Why it failed, and what became of what was half made. */
  failed: z
    .object({ state: z.enum(["failed", "cancelled"]), code: z.string(), reason: z.string() })
    .exactOptional(),
  cleaned: z.enum(["gone", "removed", "left"]).exactOptional(),
  left: z.string().exactOptional(),
  /** Why the guest is there, and yet not as it was wanted. */
  degraded: z.string().exactOptional(),
  /** The look that waits for the agent. */
  readiness: z.enum(["ready", "waiting", "degraded"]).exactOptional(),
  readyBy: z.string().exactOptional(),
  looks: z.number().default(0),
  seen: z.string().exactOptional(),
  addresses: z.array(z.string()).exactOptional(),
});
export type Birth = z.infer<typeof Birth>;

/** What an item knows of the guest that it makes. */
export const birthOf = (item: ItemRow): Birth => Birth.parse(item.detail);

/** The VMID that is kept for the guest. */
export function vmidOf(item: ItemRow): number {
  const { vmid } = birthOf(item);
  if (vmid === undefined) throw new Error(`${holderOf(item)} was sent without a VMID`);
  return vmid;
}

/** The guest that is made, where it is once it is there. */
export function newGuest(item: ItemRow): ItemRow["vm"] {
  const { vmid, name, node } = birthOf(item);
  if (vmid === undefined) return item.vm;
  const { cluster, type } = item.vm;
  return {
    id: `${cluster}/${vmid}`,
    cluster,
    vmid,
    name,
    node: item.vm.vmid === vmid ? item.vm.node : node,
    type,
  };
}

/** The step that an item is at, where its list has it. */
export function todoOf<S extends Doing["step"]>(item: ItemRow, step: S): Extract<Doing, { step: S }> {
  const { todo, at } = birthOf(item);
  const isThis = (one: Doing | undefined): one is Extract<Doing, { step: S }> => one?.step === step;
  const now = todo[at];
  if (isThis(now)) return now;
  throw new Error(`${holderOf(item)} is not at ${step}`);
}
