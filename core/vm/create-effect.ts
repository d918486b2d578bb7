import type { Change } from "../db/index.ts";
import type { Effect, ItemRow, Maker } from "../operation/index.ts";
import { reservationKey } from "../vmid/index.ts";
import { toldOf } from "./create-clean.ts";
import { birthOf, newGuest, todoOf, vmidOf, type Birth } from "./create-detail.ts";
import { pauseOf } from "./create-ready.ts";
import { STEPS } from "./create-steps.ts";
import { forgotten } from "./secret.ts";

type Ending = Parameters<NonNullable<Effect["undo"]>>[1];

/** The detail of the step that follows, undefined after the last. */
function next(item: ItemRow): Record<string, unknown> | undefined {
  const { step, at, todo, readiness } = birthOf(item);
  if (step === "end") return undefined;
  if (step === "clean") return { ...item.detail, step: "end" };
  if (step === "ready" && readiness === "waiting") return item.detail;
  const follows = todo[at + 1];
  const upid = step === "make" && item.upid !== null ? { upid: item.upid } : {};
  return follows && { ...item.detail, ...upid, own: true, at: at + 1, step: follows.step };
}

/**
 * What follows a step that failed. A guest that lacks something is taken away again; one that is complete stays,
 * whether it could be started or not.
 */
function undo(item: ItemRow, ending: Ending): Record<string, unknown> | undefined {
  const { step, vmid } = birthOf(item);
  const reason = ending.reason ?? "it came to nothing";
  if (vmid === undefined || step === "end") return undefined;
  const end = { ...item.detail, own: true, step: "end" };
  if (step === "clean") return { ...end, cleaned: "left", left: reason };
  if (step === "configure" && todoOf(item, "configure").spare)
    return { ...end, degraded: `it was made, but does not carry the owner tag: ${reason}` };
  if (step === "start") return { ...end, degraded: `it was made, but not started: ${reason}` };
  if (step === "ready")
    return { ...end, degraded: `it runs, but nobody looked whether it is ready: ${reason}` };
  const failed = { state: ending.state, code: ending.code ?? "operation.failed", reason };
  return { ...item.detail, own: true, step: "clean", failed };
}

function ends(item: ItemRow): Partial<Ending> {
  const { failed, degraded, step, upid } = birthOf(item);
  if (step !== "end" && failed) return {};
  const made = upid === undefined ? {} : { upid };
  if (failed) return { ...made, ...failed, reason: `${failed.reason}${toldOf(item)}` };
  return degraded === undefined ? made : { ...made, warnings: [...item.warnings, degraded] };
}

const isOver = ({ failed, cleaned }: Birth) => failed !== undefined && cleaned !== "left";

function result(item: ItemRow): Record<string, unknown> {
  const birth = birthOf(item);
  if (isOver(birth)) return {};
  const { node } = newGuest(item);
  const wanted = birth.todo.some(({ step }) => step === "ready") || birth.degraded !== undefined;
  const readiness = birth.degraded === undefined ? "ready" : "degraded";
  return {
    vmid: vmidOf(item),
    node,
    ...(wanted && !birth.failed ? { readiness, addresses: birth.addresses ?? [] } : {}),
  };
}

/** One that fails has no need to give its VMID back: it is free once the item has ended. */
function settled(item: ItemRow): Change[] {
  const kept: Change = { table: "State", remove: reservationKey(item.vm.cluster, vmidOf(item)) };
  return birthOf(item).secret ? [kept, forgotten(item.operation)] : [kept];
}

/**
 * Makes a guest as `maker` does, then works off what its item has to do with it, one request after the other. `tidy`: a
 * maker that fails may leave something half made that can be taken away.
 */
export function bearing(
  maker: Maker,
  { action, tidy }: Pick<Effect, "action"> & { readonly tidy: boolean },
): Effect {
  const partOf = (item: ItemRow) => {
    const { step } = birthOf(item);
    return step === "make" ? maker : STEPS[step];
  };
  const isMaking = (item: ItemRow) => birthOf(item).step === "make";
  return {
    action,
    makes: (item) => isMaking(item) && maker.makes?.(item) === true,
    // To tell how it ended needs no guest, which somebody else may have by then.
    reads: (item) => birthOf(item).step === "end" || (isMaking(item) && maker.reads?.(item) === true),
    check: async (ctx, proxmox, item, look) =>
      isMaking(item) ? maker.check?.(ctx, proxmox, item, look) : undefined,
    prepare: async (ctx, proxmox, item, look) =>
      (await partOf(item).prepare?.(ctx, proxmox, item, look)) ?? {},
    guest: (item) => (isMaking(item) ? (maker.guest?.(item) ?? item.vm) : newGuest(item)),
    send: (proxmox, item, world) => partOf(item).send(proxmox, item, world),
    observe: (proxmox, item) => partOf(item).observe(proxmox, item),
    verify: async (proxmox, item) => (await partOf(item).verify?.(proxmox, item)) ?? true,
    repeatable: true,
    // A new guest that runs already is what was wanted, whoever started it.
    forgives: (item, message) => partOf(item).forgives?.(item, message) && "done",
    ...(maker.retaken ? { retaken: maker.retaken } : {}),
    // One of which nobody knows whether it came to be may be there, under a number that nobody asked for.
    made: (item) => item.state === "unknown",
    next,
    wait: pauseOf,
    undo: (item, ending) => (isMaking(item) && !tidy ? undefined : undo(item, ending)),
    ends,
    result,
    settled,
  };
}
