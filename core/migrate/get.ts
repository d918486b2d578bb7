import * as z from "zod";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { reach } from "../vm/index.ts";
import { verb } from "../verb.ts";
import { isManaged } from "./hindrance.ts";
import { candidatesOf, heldBy } from "./destination.ts";
import { learn } from "./learn.ts";

/** What moving a guest would meet. `allowedNodes` is empty where `obstacle` says what keeps it. */
const Report = z.object({
  id: z.string(),
  node: z.string(),
  /** Whether it would go on running meanwhile. */
  live: z.boolean(),
  allowedNodes: z.array(z.string()),
  nodes: z.array(z.object({ node: z.string(), allowed: z.boolean(), because: z.string() })),
  obstacle: z.object({ code: z.string(), detail: z.string() }).nullable(),
  /** Disks that only its node has: they are copied, which takes its time. */
  localDisks: z.array(
    z.object({
      volid: z.string(),
      sizeBytes: z.number().nullable(),
      cdrom: z.boolean(),
      unused: z.boolean(),
    }),
  ),
  localDevices: z.array(z.string()),
  mappedDevices: z.array(z.string()),
  ha: z.object({ managed: z.boolean(), state: z.string().nullable(), dependents: z.array(z.string()) }),
});

/** Where a guest could go, and what stands in the way. */
export const getMigration = verb({
  action: "vm.migrate.get",
  effect: "read",
  input: z.strictObject({ cluster: ClusterId, vmid: Vmid, fresh: Flag.default(false) }),
  output: Report,
  async run(ctx, input) {
    const { guest, value: facts } = await reach(ctx, input, learn);
    const manner = { withLocalDisks: true, restart: true };
    const { said } = facts;
    const localDisks = (said?.localDisks ?? []).map(({ volid, sizeBytes, cdrom, unused }) => {
      return { volid, sizeBytes, cdrom, unused };
    });
    const held = heldBy(guest, facts, manner);
    const nodes = candidatesOf(guest, facts, manner).map(({ node, fits, because }) => {
      return { node, allowed: fits && !held, because: held && fits ? held.because : because };
    });
    return {
      id: guest.id,
      node: guest.node,
      live: guest.type === "qemu" && guest.status !== "stopped",
      allowedNodes: nodes.filter(({ allowed }) => allowed).map(({ node }) => node),
      nodes,
      obstacle: held ? { code: held.code, detail: held.because } : null,
      localDisks,
      localDevices: [...(said?.localDevices ?? [])],
      mappedDevices: [...(said?.mappedDevices ?? [])],
      ha: {
        managed: isManaged(guest.haState),
        state: guest.haState,
        dependents: [...(said?.dependents ?? [])],
      },
    };
  },
});
