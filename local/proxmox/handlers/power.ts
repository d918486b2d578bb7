import { signature } from "../auth.ts";
import type { Call, Handler, Handlers } from "../call.ts";
import { guestOn, missingConfig, notFound, noun, withConfigLock, type Kind } from "../guest.ts";
import { checkRootOptions } from "../root-options.ts";
import { askManager, haResource } from "../ha.ts";
import { reboot, reset, resume, shutdown, start, stop, suspend, type PowerWork } from "../power.ts";
import { died } from "../refusal.ts";
import { startTask } from "../task.ts";

const vmidOf = (call: Call) => call.params.number("vmid");
const find = (call: Call, kind: Kind) => guestOn(call.world, call.node, kind, vmidOf(call));

interface Command {
  readonly name: string;
  readonly type: string;
  readonly work: PowerWork;
  /** What a call for a guest that is not there says, and whether at once or in its task. */
  readonly missing: (node: string, kind: Kind, vmid: number) => string;
  /** Refused at once for a stopped guest. */
  readonly needsRunning: boolean;
}

const command = (name: string, work: PowerWork, more: Partial<Command> = {}): Command => ({
  name,
  type: name,
  work,
  missing: notFound,
  needsRunning: false,
  ...more,
});

const COMMANDS: readonly Command[] = [
  command("start", start, { missing: missingConfig }),
  command("stop", stop),
  command("shutdown", shutdown),
  command("reboot", reboot, { needsRunning: true }),
  command("reset", reset, { needsRunning: true }),
  command("suspend", suspend, { type: "pause", needsRunning: true }),
  command("resume", resume, { needsRunning: true }),
];

/** What the answer itself refuses; the rest is seen in the task only. */
function precheck(call: Call, kind: Kind, { name, needsRunning }: Command): void {
  checkRootOptions(call);
  const guest = find(call, kind);
  const strict = needsRunning || (kind === "lxc" && (name === "stop" || name === "shutdown"));
  if (!strict) return;
  if (!guest) throw died(notFound(call.node, kind, vmidOf(call)));
  const hibernated = name === "resume" && guest.lock === "suspended";
  if (guest.status === "stopped" && !hibernated) throw died(`${noun(kind)} ${guest.vmid} not running`);
}

const typeOf = (call: Call, kind: Kind, { type, name }: Command) => {
  if (kind === "lxc") return `vz${name}`;
  return name === "suspend" && call.params.flag("todisk") ? "qmsuspend" : `qm${type}`;
};

/** Starts the task that does the work. */
function launch(call: Call, kind: Kind, one: Command, user: string): string {
  const { world, node } = call;
  const vmid = vmidOf(call);
  const spec = { node, type: typeOf(call, kind, one), id: String(vmid), user };
  return startTask(world, spec, (task) => {
    if (!find(call, kind)) throw died(one.missing(node, kind, vmid));
    return withConfigLock(world, { kind, vmid, log: (line) => task.log(line) }, async () => {
      const guest = find(call, kind);
      if (!guest) throw died(one.missing(node, kind, vmid));
      await one.work({ world, guest, task, params: call.params });
    });
  });
}

/** What the HA manager is asked for: the type of the task and the state that is wanted. */
const HA: Readonly<Record<string, { type: string; state: string }>> = {
  start: { type: "hastart", state: "started" },
  stop: { type: "hastop", state: "stopped" },
  shutdown: { type: "hastop", state: "stopped" },
};

function handler(kind: Kind, one: Command): Handler {
  return (call) => {
    precheck(call, kind, one);
    if (!call.world.state.quorate && one.name === "start") throw died("cluster not ready - no quorum?");
    const guest = find(call, kind);
    const request = HA[one.name];
    const user = signature(call.who);
    if (!guest || !request || !haResource(call.world, guest)) return launch(call, kind, one, user);
    const spec = { node: call.node, type: request.type, id: String(guest.vmid), user };
    const act = () => void launch(call, kind, one, "root@pam");
    return askManager(call.world, guest, { spec, state: request.state, act });
  };
}

/** start, stop, shutdown, reboot, reset, suspend and resume of one kind of guest. */
export const powerHandlers = (kind: Kind): Handlers =>
  Object.fromEntries(
    COMMANDS.filter(({ name }) => kind === "qemu" || name !== "reset").map((one) => [
      `POST /nodes/{node}/${kind}/{vmid}/status/${one.name}`,
      handler(kind, one),
    ]),
  );
