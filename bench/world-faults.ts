import type { Fault } from "../local/proxmox/index.ts";
import type { Dice } from "./lib/dice.ts";
import type { Stage } from "./world-stage.ts";

type Match = Fault["match"];
type Wrong = (match: Match, dice: Dice) => Fault;

const answer =
  (status: number, reason: string, after = false): Wrong =>
  (match) => ({ match, do: "answer", status, reason, after });

/** Anything may be told of a request, whether it worked or not. */
const ANY: readonly Wrong[] = [
  (match) => ({ match, do: "cut-before" }),
  (match) => ({ match, do: "cut-after" }),
  (match, dice) => ({ match, do: "delay", milliseconds: dice.between(100, 29_000) }),
  (match) => ({ match, do: "delay", milliseconds: 40_000 }),
  (match) => ({ match, do: "too-many-redirections" }),
  (match) => ({ match, do: "too-many-redirections", after: true }),
  answer(595, "No route to host"),
  answer(596, "Connection timed out"),
  answer(596, "Connection timed out", true),
  answer(502, "Bad Gateway", true),
  (match) => ({ match, do: "html" }),
  (match) => ({ match, do: "broken-json" }),
];

/** What a write may be told. */
const WRITES: readonly Wrong[] = [
  ...ANY,
  (match) => ({ match, do: "no-worker-upid" }),
  (match) => ({ match, do: "active-lock" }),
  (match) => ({ match, do: "active-lock", effect: false }),
  answer(500, "can't lock file '/var/lock/qemu-server/lock-1.conf' - got timeout"),
  answer(500, "cfs-lock 'storage-nfs' error: got lock request timeout"),
  answer(500, "VM is locked (backup)"),
  answer(500, "the storage is broken"),
  answer(403, "Permission check failed (/vms/1, VM.Snapshot)"),
];

const PROTO: Wrong = (match) => ({ match, do: "proto" });

/** What a look may be told. */
const LOOKS: readonly Wrong[] = [
  ...ANY,
  (match) => ({ match, do: "wrong-types" }),
  PROTO,
  (match) => ({ match, do: "huge-body", bytes: 20_000 }),
  (match) => ({ match, do: "answer", status: 200, reason: "OK", body: '{"data":[]}' }),
  answer(400, "no such task"),
];

/** That answer says that a guest is stopped: a plain lie, which nobody could tell from the truth. */
const STATES: readonly Wrong[] = LOOKS.filter((one) => one !== PROTO);

const PATHS = ["/nodes/*/snapshot*", "/nodes/*/status/*", "/nodes/*/clone", "/nodes/*"];
const LOOKED_AT = [
  "/nodes/{node}/tasks",
  "/nodes/{node}/tasks/{upid}/status",
  "/cluster/tasks",
  "/nodes/*/status/current",
  "/nodes/*/snapshot",
  "/nodes/*/config",
  "/cluster/nextid",
];

/** Puts something in the way of the next requests. */
export function spoilRequests(stage: Stage, dice: Dice): void {
  const write = dice.chance(0.65);
  const times = dice.one([1, 1, 1, 2, 3, 6]);
  const nth = dice.between(1, 4);
  const match = write
    ? { method: dice.one(["POST", "POST", "POST", "DELETE"]), path: dice.one(PATHS), times, nth }
    : { method: "GET", path: dice.one(LOOKED_AT), times, nth };
  const looks = match.path.endsWith("/status/current") ? STATES : LOOKS;
  const fault = dice.one(write ? WRITES : looks)(match, dice);
  stage.simulator.faults.add(fault);
  stage.tell(`fault ${JSON.stringify(fault)}`);
}
