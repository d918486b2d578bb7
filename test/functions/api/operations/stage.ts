import * as Bulk from "../../../../functions/api/bulk/snapshots.ts";
import type { Lab } from "../../../kit/lab.ts";
import { Operation } from "../../../kit/shape.ts";

/** Accepts snapshots of these guests; nothing has run yet. */
export async function begun(stage: Lab, vmids: readonly number[] = [102], key = stage.admin) {
  const body = { select: { vmids }, name: "{vm}-{time}" };
  return Operation.parse((await stage.call(Bulk, { body, key })).json);
}
