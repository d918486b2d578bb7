import type { Effect, ItemRow } from "../operation/index.ts";
import { detailOf, guestOf, type Detail } from "./restore-detail.ts";

/** Restored, tagged, each disk where it is wanted, started: the detail of the step that follows. */
export function next(item: ItemRow): Record<string, unknown> | undefined {
  const detail = detailOf(item);
  const { step, start } = detail;
  const go = (to: Detail["step"], more: Partial<Detail> = {}) => ({
    ...detail,
    ...more,
    step: to,
    own: true,
  });
  if (step === "restore") {
    // The one that was replaced is gone.
    const { identity: _, ...rest } = go("tag", item.upid === null ? {} : { upid: item.upid });
    return rest;
  }
  if (step === "start" || step === "end") return undefined;
  const moves = step === "move" ? detail.moves.slice(1) : detail.moves;
  if (moves.length > 0) return go("move", { moves });
  return start ? go("start", { moves }) : undefined;
}

/** What a guest lacks when a step after its restoration came to nothing; what would have followed is not done. */
function lacks({ step, moves, start, keep }: Detail): string {
  const places = moves.map(({ disk, storage }) => `${disk} is not on ${storage}`);
  const wanted = keep
    ? `the tags of policy that it had (${keep.tags.join(", ") || "none"})`
    : "the owner tag";
  const tag = step === "tag" ? [`does not carry ${wanted}`] : [];
  return [...tag, ...places, ...(start ? ["it was not started"] : [])].join(", ");
}

/** The guest is there and stays: a restore may have taken hours. It is told as it is, and never started as it was not wanted. */
export const undo: NonNullable<Effect["undo"]> = (
  item,
  { state, code = "operation.failed", reason, upid },
) => {
  const detail = detailOf(item);
  if (detail.step === "restore" || detail.step === "end") return undefined;
  const why = reason ?? "it came to nothing";
  const told = `${guestOf(item).id} was restored, but ${lacks(detail)}: ${why}`;
  const task = upid ?? item.upid;
  return {
    ...detail,
    ...(task === null ? {} : { upid: task }),
    own: true,
    step: "end",
    failed: { state, code, reason: told },
  };
};

/** How it ends: the task to look at is the one that wrote the guest, or the one that failed. */
export const ends: NonNullable<Effect["ends"]> = (item) => {
  const { step, upid, failed } = detailOf(item);
  return { ...(upid === undefined ? {} : { upid }), ...(step === "end" ? failed : {}) };
};
