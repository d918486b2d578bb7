import { equal } from "node:assert/strict";
import * as SnapshotsRoute from "../../functions/api/bulk/snapshots.ts";
import { ItemRow, loadItem } from "../../core/operation/item.ts";
import * as Sweep from "../../functions/cron/sweep.ts";
import { breaking } from "./breaking.ts";
import { caller } from "./caller.ts";
import { engine } from "./engine.ts";
import { lab } from "./lab.ts";
import { restrict } from "./restrict.ts";
import { Operation } from "./shape.ts";

const MINUTE = 60_000;

/** A lab whose API and workers can be made to fail, with the sweeper's timer. */
export async function bench(options: Parameters<typeof lab>[0] = {}) {
  const base = await lab(options);
  const broken = breaking(base.world);
  const { call } = caller(broken.world, base.clock, base.admin);
  const machine = engine(broken.world, base);
  const timer = Sweep.timer((needs, effect) => restrict(broken.world, needs, effect));
  const sweep = () => base.clock.until(timer());

  /** As in production: the workers run all the time, the sweeper every five minutes. */
  async function live(operation: string, minutes = 60): Promise<void> {
    const ended = async () => {
      const row = base.store.peek("History", { pk: `op#${operation}`, sk: "operation" });
      return row !== undefined && row["state"] !== "open";
    };
    for (let passed = 0; passed < minutes && !(await ended()); passed += 5) {
      await machine.run(5 * MINUTE, ended);
      await sweep().catch(() => undefined);
    }
    // What was left behind is repaired by the next rounds.
    for (let round = 0; round < 3; round++) {
      await machine.run(5 * MINUTE);
      await sweep().catch(() => undefined);
    }
    await machine.run(MINUTE);
    if (!(await ended())) throw new Error(`${operation} has not ended after ${minutes} minutes`);
  }

  return {
    ...base,
    ...machine,
    call,
    broken,
    sweep,
    live,
    /** Asks for a snapshot of these guests; the id of the operation. */
    async snapshots(vmids: readonly number[], more: Record<string, unknown> = {}): Promise<string> {
      const body = { select: { vmids, templates: true }, ...more };
      const answer = await call(SnapshotsRoute, { body });
      equal(answer.status, 202, answer.body);
      return Operation.parse(answer.json).id;
    },
    async item(operation: string, n = 0): Promise<ItemRow> {
      const item = await loadItem(base.world, operation, n);
      if (!item) throw new Error(`there is no item ${operation}/${n}`);
      return item;
    },
    async items(operation: string): Promise<ItemRow[]> {
      const rows = await base.store.query({ table: "History", pk: `op#${operation}`, prefix: "item#" });
      return rows.map((row) => ItemRow.parse(row));
    },
    /** How often such a request reached Proxmox. */
    requests: (method: string, ending: string) =>
      Object.entries(base.simulator.counters().calls)
        .filter(([name]) => name.startsWith(`${method} `) && name.endsWith(ending))
        .reduce((total, [, count]) => total + count.requests, 0),
  };
}

export type Bench = Awaited<ReturnType<typeof bench>>;
