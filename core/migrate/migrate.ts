import * as z from "zod";
import { Fault } from "../lib/fault.ts";
import { badInput } from "../lib/issues.ts";
import { single } from "../operation/index.ts";
import { TARGET } from "../vm/index.ts";
import { MIGRATE } from "./action.ts";
import { destination } from "./destination.ts";
import { planned } from "./detail.ts";
import { complain, MigrateShape } from "./input.ts";
import { learn } from "./learn.ts";
import { unknownStorages } from "./target-storage.ts";

/** Moves one guest to another node of its cluster: live if it is a VM that runs. */
export const migrate = single({
  action: MIGRATE,
  input: z.strictObject({ ...TARGET, ...MigrateShape }).superRefine(complain),
  async propose({ guest, proxmox }, input) {
    const facts = await learn(proxmox, guest);
    const { target } = input;
    if (target !== undefined && !facts.nodes.some(({ name }) => name === target))
      throw new Fault("missing", "node.missing", `Cluster ${guest.cluster} has no node ${target}.`);
    const unknown = unknownStorages(input, facts.nodes);
    if (unknown.length > 0) throw badInput(unknown);
    const found = destination(guest, facts, input);
    if ("code" in found) return { run: false, ...found };
    const chosen = found.candidates.find(({ node }) => node === found.node);
    const why = chosen ? `: ${chosen.because}` : "";
    const because = `${guest.id} is ${guest.status} on ${guest.node}, and goes to ${found.node}${why}`;
    return { run: true, because, detail: planned(guest, input, found.node) };
  },
});
