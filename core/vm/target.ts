import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { RateControl } from "../operation/index.ts";

/** Which guest is to be changed, and how long the change may wait; `override` sets aside rules that allow it. */
export const TARGET = {
  cluster: ClusterId,
  vmid: Vmid,
  override: Flag.default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
};
