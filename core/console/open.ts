import * as z from "zod";
import * as Cluster from "../cluster/index.ts";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { planSingle, targetOf, type GuestPlan } from "../operation/index.ts";
import { asFault } from "../proxmox/index.ts";
import { verb } from "../verb.ts";
import { CONSOLE } from "./action.ts";
import { Console } from "./answer.ts";
import { Detail, Kind, lifetimeOf, Serial } from "./kind.ts";
import { onPort } from "./port.ts";
import { propose } from "./propose.ts";
import { spice } from "./spice.ts";

const Input = z
  .strictObject({
    cluster: ClusterId,
    vmid: Vmid,
    override: Flag.default(false),
    kind: Kind,
    serial: Serial.optional().describe("the serial port of a VM, for a terminal"),
  })
  .refine(({ kind, serial }) => serial === undefined || kind === "terminal", {
    message: "is for a terminal only",
    path: ["serial"],
  });

/**
 * Opens a console of one guest for one client that comes at once. It is no operation: what it makes is its answer, a
 * secret that is kept nowhere, and nothing of the guest is changed.
 */
export const open = verb<typeof Input, typeof Console, GuestPlan>({
  action: CONSOLE.name,
  effect: "write",
  tracked: false,
  single: true,
  secret: true,
  input: Input,
  output: Console,
  target: targetOf,
  plan: (ctx, input) => planSingle({ action: CONSOLE, propose }, ctx, input),
  verdict: ({ tasks: [task] }) => task?.verdict,
  changes: (_input, { items: [item] }) => {
    const { kind, serial } = Detail.parse(item?.detail);
    return { kind, ...(serial === null ? {} : { serial }) };
  },
  async run(ctx, _input, { tasks: [task] }) {
    if (!task?.guest) throw new Error("a plan without its guest");
    const { guest, item } = task;
    const detail = Detail.parse(item.detail);
    const { kind } = detail;
    const proxmox = await Cluster.connect(ctx, guest.cluster);
    const until = ctx.clock.now().getTime() + lifetimeOf(kind, guest.type) * 1000;
    const common = {
      kind,
      vm: { id: guest.id, name: guest.name, type: guest.type },
      node: guest.node,
      expiresAt: new Date(until).toISOString(),
    };
    const wanted = { world: ctx, proxmox, guest, common };
    return (kind === "spice" ? spice(wanted) : onPort(wanted, detail)).catch(asFault);
  },
});
