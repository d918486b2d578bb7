import * as z from "zod";
import type { Effect, ItemRow } from "../operation/index.ts";
import { Rotation } from "./rotation.ts";
import { removal } from "./removal.ts";

/** The part of a snapshot's detail that tells how far the rotation behind it has come. */
const Detail = z.looseObject({
  step: z.enum(["take", "rotate"]).default("take"),
  name: z.string().default(""),
  rotation: Rotation.exactOptional(),
  left: z.array(z.looseObject({ name: z.string(), code: z.string(), reason: z.string() })).default([]),
  gaveUp: z.boolean().default(false),
});

const detailOf = (item: ItemRow) => Detail.parse(item.detail);

/** Whether an item has its snapshot and is at deleting older ones of its job. */
export const isRotating = (item: ItemRow) => detailOf(item).step === "rotate";

/**
 * Deleting older snapshots of a job once its new one is there, and never before. What cannot be deleted is a warning: the
 * snapshot was taken, and the next run comes by here again.
 */
export const rotating: Pick<Effect, "next" | "leaves" | "undo" | "ends"> = {
  next(item) {
    const detail = detailOf(item);
    if (detail.rotation === undefined) return undefined;
    if (detail.step === "take") {
      const rotation = { ...detail.rotation, made: detail.name };
      return { ...detail, step: "rotate", own: true, targets: null, current: null, rotation };
    }
    const next = removal.next?.(item);
    return next && { ...detail, ...next };
  },
  leaves: (item) =>
    isRotating(item) && !detailOf(item).gaveUp ? "its snapshot is there, and older ones stay" : undefined,
  undo(item, { reason = "it was stopped" }) {
    const detail = detailOf(item);
    if (detail.step === "take" || detail.gaveUp) return undefined;
    const left = [...detail.left, { name: "", code: "snapshot.kept", reason }];
    return { ...detail, gaveUp: true, targets: [], current: null, left };
  },
  ends(item) {
    const detail = detailOf(item);
    if (detail.step === "take") return {};
    const told = detail.left.filter(({ code }) => code !== "snapshot.missing");
    const warnings = told.map(({ reason }) => `an older snapshot of the job stays: ${reason}`);
    // Each deletion is a step with an end of its own, and tells of what was left before it too.
    return { warnings: [...new Set([...item.warnings, ...warnings])] };
  },
};
