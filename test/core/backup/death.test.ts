import { expect, test } from "vitest";
import * as DeleteBackup from "../../../functions/api/backups/delete.ts";
import * as Restore from "../../../functions/api/backups/restore.ts";
import * as UpdateBackup from "../../../functions/api/backups/update.ts";
import * as CreateBackup from "../../../functions/api/vms/backups/create.ts";
import * as RollBack from "../../../functions/api/vms/snapshots/rollback.ts";
import * as UpdateSnapshot from "../../../functions/api/vms/snapshots/update.ts";
import { idOf, placeBackup } from "../../kit/backup.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { writesState, type Deed } from "../../kit/breaking.ts";
import { Operation } from "../../kit/shape.ts";

const guest = { cluster: "main", vmid: 102 };
const AT = "2026-11-20T02:00:00Z";
const VOLID = "backup:backup/vzdump-qemu-102-2026_11_20-02_00_00.vma.zst";

const backups = (b: Bench) =>
  b.simulator.state.volumes.filter(({ content, vmid }) => content === "backup" && vmid === 102);
const snapshot = (b: Bench) => b.simulator.state.guests[102]?.snapshots["one"];

interface Case {
  readonly name: string;
  readonly begin: (b: Bench) => ReturnType<Bench["call"]>;
  /** What of Proxmox is as it should be. */
  readonly done: (b: Bench) => void;
  /** The request that changes something, which reaches Proxmox so many times at most. */
  readonly request: readonly [method: string, ending: string, most: number];
  /** Whether it may end as unknown: what must not be done twice is not asked for again. */
  readonly once?: true;
}

const CASES: readonly Case[] = [
  {
    name: "a backup",
    begin: (b) => b.call(CreateBackup, { path: guest, body: { storage: "backup" } }),
    done: (b) => expect(backups(b)).toHaveLength(2),
    request: ["POST", "/vzdump", 1],
  },
  {
    name: "the deletion of a backup",
    begin: (b) => b.call(DeleteBackup, { path: { cluster: "main", backup: idOf(VOLID) } }),
    done: (b) => expect(backups(b)).toEqual([]),
    request: ["DELETE", "/content/{volume}", 2],
  },
  {
    name: "the notes of a backup",
    begin: (b) =>
      b.call(UpdateBackup, { path: { cluster: "main", backup: idOf(VOLID) }, body: { notes: "kept" } }),
    done: (b) => expect(backups(b)).toMatchObject([{ notes: "kept" }]),
    request: ["PUT", "/content/{volume}", 2],
  },
  {
    name: "a restore that starts its guest",
    begin: (b) =>
      b.call(Restore, { path: { cluster: "main" }, body: { volid: VOLID, vmid: 5101, start: true } }),
    done: (b) => expect(b.simulator.state.guests[5101]).toMatchObject({ status: "running" }),
    request: ["POST", "/qemu", 1],
  },
  {
    name: "a rollback",
    begin: (b) => b.call(RollBack, { path: { ...guest, name: "one" }, body: {} }),
    done: (b) => expect(b.simulator.state.guests[102]).toMatchObject({ status: "stopped", parent: "one" }),
    request: ["POST", "/rollback", 1],
    once: true,
  },
  {
    name: "the words of a snapshot",
    begin: (b) => b.call(UpdateSnapshot, { path: { ...guest, name: "one" }, body: { description: "kept" } }),
    done: (b) => expect(snapshot(b)?.description).toMatch(/^kept/),
    request: ["PUT", "/snapshot/{snapname}/config", 2],
  },
];

const DEATHS = CASES.flatMap((one) =>
  ["intent", "sent", "queued", "succeeded"].flatMap((state) =>
    (["before", "after"] as const).flatMap((when) => [1, 2].map((nth) => ({ ...one, state, when, nth }))),
  ),
);

async function stageOf(): Promise<Bench> {
  const b = await bench();
  b.simulator.state.volumes = b.simulator.state.volumes.filter(({ content }) => content !== "backup");
  placeBackup(b, 102, AT);
  await b.settle(await b.snapshots([102], { name: "one" }));
  b.simulator.resetCounters();
  return b;
}

test.for(DEATHS)(
  "$name: a worker that dies $when it writes $state for the $nth. time is replaced, and it is done as often as it may be",
  async ({ begin, done, request, once, state, when, nth }) => {
    const b = await stageOf();
    let seen = 0;
    b.broken.on((deed: Deed) => writesState(state)(deed) && ++seen === nth, when);
    const answer = await begin(b);
    expect(answer.status).toBe(202);
    const id = Operation.parse(answer.json).id;
    await b.live(id);
    const [item] = await b.items(id);
    const [method, ending, most] = request;
    expect(b.requests(method, ending)).toBeLessThanOrEqual(most);
    if (once && item?.state === "unknown") return;
    expect(item).toMatchObject({ state: "succeeded" });
    done(b);
  },
);

test.for(CASES.flatMap((one) => (["cut-before", "cut-after"] as const).map((fault) => ({ ...one, fault }))))(
  "$name: an answer that is lost ($fault) is told as what it became",
  async ({ begin, done, request, once, fault }) => {
    const b = await stageOf();
    const [method, ending] = request;
    b.simulator.faults.add({
      match: { method, path: `/nodes/*${ending.replace(/\{\w+\}/g, "*")}`, times: 1 },
      do: fault,
    });
    const answer = await begin(b);
    const id = Operation.parse(answer.json).id;
    await b.live(id);
    const [item] = await b.items(id);
    const unknown = once && fault === "cut-before";
    expect(item).toMatchObject({ state: unknown ? "unknown" : "succeeded" });
    if (!unknown) done(b);
  },
);
