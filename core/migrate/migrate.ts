import * as z from "zod";
import { Fault } from "../lib/fault.ts";
import { badInput } from "../lib/issues.ts";
import { single } from "../operation/index.ts";
import type { Node } from "../placement/index.ts";
import { TARGET } from "../vm/index.ts";
import { MIGRATE } from "./action.ts";
import { destination } from "./destination.ts";
import { planned } from "./detail.ts";
import { complain, MigrateShape, unknownStorages, type Manner } from "./input.ts";
import { learn } from "./learn.ts";

/** Nodes that are away may have storages of their own, which nobody tells of then. */
function requireStorages(input: Manner, found: readonly Node[]): void {
  if (found.some(({ online }) => !online)) return;
  const known = new Set(found.flatMap(({ storages }) => storages.map(({ storage }) => storage)));
  const unknown = unknownStorages(input, known);
  if (unknown.length > 0) throw badInput(unknown);
}

/** Moves one guest to another node of its cluster: live if it is a VM that runs. */
export const migrate = single({
  action: MIGRATE,
  input: z.strictObject({ ...TARGET, ...MigrateShape }).superRefine(complain),
  async propose({ guest, proxmox }, input) {
    const facts = await learn(proxmox, guest);
    const { target } = input;
    if (target !== undefined && !facts.nodes.some(({ name }) => name === target))
      throw new Fault("missing", "node.missing", `Cluster ${guest.cluster} has no node ${target}.`);
    requireStorages(input, facts.nodes);
    const found = destination(guest, facts, input);
    if ("code" in found) return { run: false, ...found };
    const chosen = found.candidates.find(({ node }) => node === found.node);
    const why = chosen ? `: ${chosen.because}` : "";
    const because = `${guest.id} is ${guest.status} on ${guest.node}, and goes to ${found.node}${why}`;
    return { run: true, because, detail: planned(guest, input, found.node) };
  },
});
