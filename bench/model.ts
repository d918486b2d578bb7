import { PACES, type Patience, type World } from "../core/context.ts";
import { ItemRow } from "../core/operation/item.ts";
import * as SnapshotsRoute from "../functions/api/bulk/snapshots.ts";
import { caller } from "../test/kit/caller.ts";
import { engine } from "../test/kit/engine.ts";
import { lab } from "../test/kit/lab.ts";
import { Operation } from "../test/kit/shape.ts";
import { fleetOf } from "./model-fleet.ts";
import { network, ROUND_TRIP } from "./model-network.ts";

/** What is measured: a fleet, at a pace. */
export interface ModelWish {
  readonly nodes: number;
  readonly guests: number;
  readonly seed: number;
  readonly patience?: Patience;
}

const START = new Date("2026-11-23T12:00:00Z");

/** Counts the messages that go through a queue, by its name. */
function counting({ queue }: World) {
  const messages: Record<string, number> = {};
  const counted: World["queue"] = {
    ...queue,
    async send(name, sent) {
      messages[name] = (messages[name] ?? 0) + sent.length;
      await queue.send(name, sent);
    },
  };
  return { messages, queue: counted };
}

/** Moxxie before a cluster of the published model: real handlers and workers, virtual time, everything counted. */
export async function model({ patience = PACES.default, ...fleet }: ModelWish) {
  const state = fleetOf({ ...fleet, now: START });
  const base = await lab({ seed: fleet.seed, state, latency: true, roundTrip: ROUND_TRIP });
  const { transport, targets, mostWrites } = network(base.simulator, base.clock);
  const { messages, queue } = counting(base.world);
  const carry = transport(base.simulator.token);
  const settings = { ...base.world.settings, patience };
  const world: World = { ...base.world, dial: () => carry, queue, settings };
  const { call } = caller(world, base.clock, base.admin);
  return {
    ...base,
    ...engine(world, base),
    call,
    world,
    /** Sends a request to the simulated Proxmox with its token. */
    carry,
    messages,
    /** The path of every request so far. */
    targets,
    mostWrites,
    /** Asks for a snapshot of every guest that a tag expression fits; the operation. */
    async snapshots(tags: string) {
      const answer = await call(SnapshotsRoute, { body: { select: { tags }, name: "{vm}-{datetime}" } });
      if (answer.status !== 202) throw new Error(`refused: ${answer.body}`);
      return Operation.parse(answer.json);
    },
    async items(operation: string): Promise<ItemRow[]> {
      const rows = await base.store.query({ table: "History", pk: `op#${operation}`, prefix: "item#" });
      return rows.map((row) => ItemRow.parse(row));
    },
  };
}

export type Model = Awaited<ReturnType<typeof model>>;
