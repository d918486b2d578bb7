import { expect } from "vitest";
import { hasEnded } from "../../../core/operation/index.ts";
import { makerOf } from "../../../core/lib/marker.ts";
import { reservations } from "../../../core/vmid/reservation.ts";
import * as CloneRoute from "../../../functions/api/vms/clone.ts";
import type { Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";
import { Operation } from "../../kit/shape.ts";

/** Asks for a clone of this guest; the id of the operation. */
export async function clone(b: Bench, vmid: number, body: Record<string, unknown> = {}): Promise<string> {
  const answer = await b.call(CloneRoute, { path: { cluster: "main", vmid }, body });
  expect(answer).toMatchObject({ status: 202 });
  return Operation.parse(answer.json).id;
}

/** The guests that an item made, by what their notes say. */
export const madeBy = ({ simulator }: Pick<Bench, "simulator">, operation: string, n = 0) =>
  Object.values(simulator.dump().guests)
    .filter(({ config }) => makerOf(config["description"]) === `${operation}/${n}`)
    .map(({ vmid }) => vmid);

/** The VMIDs that are kept for somebody who has not ended. */
export async function kept({ world }: Pick<Bench, "world">): Promise<number[]> {
  const found = await reservations(world, "main");
  const ended = await Promise.all(found.map(({ holder }) => hasEnded(world, holder)));
  return found.filter((_, index) => !ended[index]).map(({ vmid }) => vmid);
}

/** Holds a clone that has ended to what must always be so: one guest if it succeeded, none otherwise, nothing kept. */
export async function checked(b: Bench, operation: string) {
  const [item] = await invariants(b, operation);
  if (!item) throw new Error(`${operation} has no item`);
  const made = madeBy(b, operation);
  expect(made).toEqual(item.state === "succeeded" ? [item.result?.["vmid"]] : []);
  expect(await kept(b)).toEqual([]);
  const waiting = b.store.dump().filter(({ row }) => row.pk.includes("clone-"));
  expect(waiting).toEqual([]);
  return item;
}
