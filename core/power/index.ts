export { ACTIONS } from "./actions.ts";
export { bulk, BulkInput, plan as planBulk, PowerParams, toOrder as toBulkOrder } from "./bulk.ts";
export { powering } from "./effects.ts";
export { reboot, reset, resume, shutdown, start, stop, suspend } from "./single.ts";
export { notOff, notOn } from "./rules.ts";
export { stateOf } from "./state.ts";
