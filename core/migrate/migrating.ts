import type { Context } from "../context.ts";
import { pathOf, type Effect, type GuestLook, type ItemRow, type Skip } from "../operation/index.ts";
import { migrateGuest, parseUpid, precondition, type Proxmox } from "../proxmox/index.ts";
import { MIGRATE } from "./action.ts";
import { ASKED, errorsOf, isThere, leftBy } from "./arrival.ts";
import { stateBefore } from "./before.ts";
import { detailOf } from "./detail.ts";
import { follow } from "./follow.ts";
import { heldNow } from "./held-now.ts";
import { observe } from "./migrating-observe.ts";
import { hindrance, isManaged, refusalOf } from "./hindrance.ts";

const PAUSE_SECONDS = 10;

/** Listings are old, and much may be in the way by now. A later attempt may meet what an earlier one did. */
async function check(proxmox: Proxmox, item: ItemRow, look: GuestLook): Promise<Skip | undefined> {
  const { step, ...manner } = detailOf(item);
  if (step !== "migrate" || item.sentAt !== null) return undefined;
  const { id, node } = item.vm;
  // Where it was listed it need not be any more: Proxmox says so here.
  const { ha } = await look.current();
  if (node === manner.target) return { code: "vm.there", reason: `${id} is on ${node} already` };
  const said = await precondition(proxmox, pathOf(item));
  const managed = ha?.managed === true && isManaged(ha.state ?? "started");
  const found = await heldNow(proxmox, item, said, manner);
  const held = hindrance({ id, managed, said, ...found }, manner);
  if (held) return { code: held.code, reason: held.because };
  const refusal = said && refusalOf(said, manner.target, manner);
  return refusal === undefined
    ? undefined
    : { code: "placement.unfit", reason: `node ${manner.target}: ${refusal}` };
}

async function prepare(
  ctx: Context,
  proxmox: Proxmox,
  item: ItemRow,
  look: GuestLook,
): Promise<Record<string, unknown>> {
  if (detailOf(item).step === "follow") return follow(ctx, proxmox, item);
  return {
    was: await stateBefore(proxmox, item, look),
    from: item.vm.node,
    askedAt: ctx.clock.now().toISOString(),
  };
}

const isAsked = (upid: string | null) => parseUpid(upid)?.type === ASKED;

/** What the log of a failed migration says, and what it left behind. */
async function explain(proxmox: Proxmox, item: ItemRow): Promise<string | undefined> {
  const errors = await errorsOf(proxmox, item.upid);
  const left = errors === undefined ? undefined : await leftBy(proxmox, item);
  return left === undefined ? errors : `${errors}; ${left}`;
}

/** Moving a guest to another node. What HA manages is moved by its manager, which is then followed. */
export const migrating: Effect = {
  action: MIGRATE,
  looks: "current",
  check: (_ctx, proxmox, item, look) => check(proxmox, item, look),
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
  explain,
  follows: (item) => detailOf(item).step === "follow",
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
