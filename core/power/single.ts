import * as z from "zod";
import { Duration } from "../lib/duration.ts";
import { ClusterId, Vmid } from "../lib/field.ts";
import { RateControl, single } from "../operation/index.ts";
import { current, type PowerAction } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { impossible, Manner, needless } from "./rules.ts";
import { stateOf } from "./state.ts";

/** How long Proxmox may take; what a guest does not know such a limit for is done at once. */
export const Timeout = Duration({ min: 1, max: 86_400 });

const Plain = z.strictObject({
  cluster: ClusterId,
  vmid: Vmid,
  override: z.boolean().default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
});
const Timed = z.strictObject({ ...Plain.shape, timeout: Timeout.optional() });
const Graceful = z.strictObject({ ...Timed.shape, force: z.boolean().default(false) });
const Sleep = z.strictObject({ ...Plain.shape, toDisk: z.boolean().default(false) });

interface Wanted {
  readonly force?: boolean | undefined;
  readonly timeout?: number | undefined;
  readonly toDisk?: boolean | undefined;
}

/** The detail of an item. */
export const mannerOf = ({ force, timeout, toDisk }: Wanted): Manner =>
  Manner.parse({
    force,
    toDisk,
    ...(timeout === undefined ? {} : { timeout }),
  });

type Input = z.output<typeof Plain> & Wanted;

function changing<In extends z.ZodType<Input>>(name: PowerAction, input: In) {
  return single<In>({
    action: ACTIONS[name],
    input,
    async propose({ guest, proxmox }, given) {
      const detail = mannerOf(given);
      const status = stateOf(await current(proxmox, guest));
      const reason = impossible(name, guest, detail) ?? needless(name, guest, status, detail);
      return reason ? { run: false, ...reason } : { run: true, because: `${guest.id} is ${status}`, detail };
    },
  });
}

/** Starts one guest. */
export const start = changing("start", Timed);
/** Stops one guest at once, as by pulling the plug. */
export const stop = changing("stop", Timed);
/** Asks one guest to shut itself down; with `force` it is stopped when it does not in time. */
export const shutdown = changing("shutdown", Graceful);
/** Shuts one guest down and starts it again. */
export const reboot = changing("reboot", Timed);
/** Resets one VM at once, as by its button. */
export const reset = changing("reset", Plain);
/** Pauses one guest; with `toDisk` its memory is written to disk and the VM is off. */
export const suspend = changing("suspend", Sleep);
/** Lets one guest go on that was suspended. */
export const resume = changing("resume", Plain);
