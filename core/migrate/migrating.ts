import type { Context } from "../context.ts";
import { pathOf, type Effect, type ItemRow, type Observation, type Skip } from "../operation/index.ts";
import {
  current,
  lookFor,
  migrateGuest,
  outcome,
  parseUpid,
  precondition,
  type Proxmox,
} from "../proxmox/index.ts";
import { errorsOf, isThere, OWN } from "./arrival.ts";
import { detailOf } from "./detail.ts";
import { follow } from "./follow.ts";
import { hindrance, refusalOf } from "./hindrance.ts";

/** Asks the HA manager; done before anything has happened. */
const ASKED = "hamigrate";
const PAUSE_SECONDS = 10;

/** Listings are old, and much may be in the way by now. A later attempt may meet what an earlier one did. */
async function check(proxmox: Proxmox, item: ItemRow): Promise<Skip | undefined> {
  const { step, ...manner } = detailOf(item);
  if (step !== "migrate" || item.sentAt !== null) return undefined;
  const { id, node } = item.vm;
  // Where it was listed it need not be any more: Proxmox says so here.
  const { ha } = await current(proxmox, pathOf(item));
  if (node === manner.target) return { code: "vm.there", reason: `${id} is on ${node} already` };
  const said = await precondition(proxmox, pathOf(item));
  if (!said) return undefined;
  const held = hindrance(item.vm, said, manner, ha?.managed === true);
  if (held) return { code: held.code, reason: held.because };
  const refusal = refusalOf(said, manner.target, manner);
  return refusal === undefined
    ? undefined
    : { code: "placement.unfit", reason: `node ${manner.target}: ${refusal}` };
}

async function prepare(ctx: Context, proxmox: Proxmox, item: ItemRow): Promise<Record<string, unknown>> {
  if (detailOf(item).step === "follow") return follow(ctx, proxmox, item);
  const { status } = await current(proxmox, pathOf(item));
  // A second attempt may find it stopped on its way: what it did before the first one counts.
  const ran = detailOf(item).ran || status === "running";
  return { ran, from: item.vm.node, askedAt: ctx.clock.now().toISOString() };
}

const isAsked = (upid: string | null) => parseUpid(upid)?.type === ASKED;

async function observe(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  const { step, from = item.vm.node } = detailOf(item);
  if (step === "follow") return { state: "done" };
  const trace = {
    node: from,
    vmid: item.vm.vmid,
    types: [...OWN, ASKED],
    sentAt: new Date(item.sentAt ?? ""),
  };
  const seen = await lookFor(proxmox, trace, () => isThere(proxmox, item));
  if (seen.state === "there") return { ...seen, state: "done" };
  if (seen.state !== "ended") return seen;
  if (isAsked(seen.upid) && outcome(seen.exit).ok) return { state: "done", upid: seen.upid };
  const detail = (await errorsOf(proxmox, seen.upid)) ?? seen.exit ?? "the task ended without a status";
  return { state: "failed", detail, upid: seen.upid };
}

/** Moving a guest to another node. What HA manages is moved by its manager, which is then followed. */
export const migrating: Effect = {
  interrupts: (item) => detailOf(item).step === "migrate" && detailOf(item).restart,
  check: (_ctx, proxmox, item) => check(proxmox, item),
  prepare,
  async send(proxmox, item) {
    const { step, target, targetStorage, withLocalDisks, restart, timeout, bandwidthBytes } = detailOf(item);
    if (step === "follow") return undefined;
    const pairs = Object.entries(typeof targetStorage === "object" ? targetStorage : {});
    return migrateGuest(proxmox, pathOf(item), {
      target,
      withLocalDisks,
      restart,
      timeout,
      targetStorage:
        typeof targetStorage === "string"
          ? targetStorage
          : pairs.map(([from, to]) => `${from}:${to}`).join(",") || undefined,
      bwlimit: bandwidthBytes === undefined ? undefined : Math.ceil(bandwidthBytes / 1024),
    });
  },
  observe,
  verify: async (proxmox, item) =>
    detailOf(item).step === "follow" || isAsked(item.upid) || isThere(proxmox, item),
  explain: (proxmox, item) => errorsOf(proxmox, item.upid),
  // Proxmox refuses to move a guest to where it is, so a second request does nothing.
  repeatable: true,
  forgives: ({ attempts, vm }, message) => {
    if (!message.includes("target is local node")) return undefined;
    return attempts > 1 ? "done" : { code: "vm.there", reason: `${vm.id} is there already` };
  },
  next(item) {
    const { step, motion } = detailOf(item);
    if (step === "migrate") return isAsked(item.upid) ? { ...item.detail, step: "follow" } : undefined;
    return motion === "waiting" ? item.detail : undefined;
  },
  wait(item) {
    const { step, target, seen } = detailOf(item);
    if (step !== "follow") return undefined;
    const reason = `the HA manager moves it to ${target}${seen === undefined ? "" : `: ${seen}`}`;
    return { seconds: PAUSE_SECONDS, reason, keepsSlot: true };
  },
  ends(item) {
    const { motion, seen } = detailOf(item);
    return motion === "failed"
      ? { state: "failed", code: "vm.unverified", reason: seen ?? "the HA manager did not move it" }
      : {};
  },
  result(item) {
    const { step, motion, target } = detailOf(item);
    return step === "migrate" || motion === "there" ? { node: target } : {};
  },
};
