import * as z from "zod";
import {
  chosenAt,
  type Effect,
  type GuestLook,
  type ItemRow,
  observed,
  pathOf,
  type Skip,
} from "../operation/index.ts";
import { stateOf } from "../power/index.ts";
import { current, destroyGuest, isFreeVmid, power, type Current, type Proxmox } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";

/** What a plan says of a deletion; `step` is decided when its turn comes. */
const DeleteDetail = z.object({
  purge: z.boolean(),
  destroyUnreferencedDisks: z.boolean(),
  force: z.boolean(),
  step: z.enum(["stop", "destroy"]).exactOptional(),
  /** It was stopped once; should somebody have started it again, Proxmox refuses. */
  stopped: z.boolean().exactOptional(),
});

const detailOf = (item: ItemRow) => DeleteDetail.parse(item.detail);
const isOff = (now: Current) => ["stopped", "suspended"].includes(stateOf(now));
const Named = z.object({
  name: z.string().optional(),
  hostname: z.string().optional(),
  meta: z.string().optional(),
});
/** Clocks of nodes may be off by so much. */
const SKEW_MS = 120_000;

interface Facts {
  readonly id: string;
  readonly kept: Readonly<Record<string, unknown>>;
  readonly now: Current;
}

type Rules = Pick<z.infer<typeof DeleteDetail>, "purge" | "force">;

/** Why a guest as it is now is not deleted, or undefined. */
export function keptBecause({ id, kept, now }: Facts, { purge, force }: Rules): Skip | undefined {
  if (String(kept["protection"]) === "1")
    return { code: "vm.protected", reason: `${id} is protected in Proxmox; take its protection off first` };
  if (!force && !isOff(now))
    return { code: "vm.running", reason: `${id} is ${stateOf(now)}; with force it is stopped first` };
  if (!purge && now.ha?.managed === true)
    return { code: "vm.ha", reason: `${id} is a resource of HA; with purge it is taken out of it` };
  return undefined;
}

/** What shows that a VMID has got another guest since it was planned: that one is not meant. */
function isAnother(item: ItemRow, kept: Facts["kept"]): string | undefined {
  const { name: given, hostname, meta } = Named.parse(kept);
  const name = given ?? hostname;
  if (item.vm.name !== null && name !== undefined && name !== item.vm.name)
    return `${item.vm.id} was ${item.vm.name} and is ${name} now`;
  const made = Number(/(?:^|,)ctime=(\d+)/.exec(meta ?? "")?.[1] ?? 0) * 1000;
  const isNewer = made > Date.parse(chosenAt(item)) + SKEW_MS;
  return isNewer ? `${item.vm.id} was made anew after its deletion was asked for` : undefined;
}

async function check(item: ItemRow, look: GuestLook): Promise<Skip | undefined> {
  const facts = { id: item.vm.id, kept: await look.config(), now: await look.current() };
  const reason = isAnother(item, facts.kept);
  if (reason !== undefined) return { code: "vm.changed", reason };
  return keptBecause(facts, detailOf(item));
}

async function observe(proxmox: Proxmox, item: ItemRow) {
  if (detailOf(item).step === "stop")
    return observed(proxmox, item, ["qmstop", "vzstop", "hastop"], async () =>
      isOff(await current(proxmox, pathOf(item))),
    );
  const { vmid } = item.vm;
  return observed(proxmox, item, ["qmdestroy", "vzdestroy"], () => isFreeVmid(proxmox, vmid));
}

/** Deleting a guest for good, in two steps where it has to be stopped first. */
export const destroying: Effect = {
  action: ACTIONS.delete,
  looks: "current",
  check: (_ctx, _proxmox, item, look) => check(item, look),
  async prepare(_ctx, _proxmox, item, look) {
    const { stopped = false } = detailOf(item);
    const off = stopped || isOff(await look.current());
    return { step: off ? "destroy" : "stop" };
  },
  send(proxmox, item) {
    const { step, purge, destroyUnreferencedDisks } = detailOf(item);
    if (step === "stop") return power(proxmox, pathOf(item), "stop");
    return destroyGuest(proxmox, pathOf(item), { purge, destroyUnreferencedDisks });
  },
  observe,
  async verify(proxmox, item) {
    return detailOf(item).step !== "stop" || isOff(await current(proxmox, pathOf(item)));
  },
  // Whoever cancels while a guest is being stopped does not want it deleted any more.
  ends(item) {
    if (detailOf(item).step !== "stop" || item.haltAt === null) return {};
    const reason = `${item.vm.id} was stopped; the operation was cancelled before it was deleted`;
    return { state: "cancelled", code: "operation.stopped", reason };
  },
  next(item) {
    const { step, ...detail } = detailOf(item);
    return step === "stop" ? { ...detail, stopped: true } : undefined;
  },
  leaves: (item) =>
    detailOf(item).stopped === true ? `${item.vm.id} is stopped, and not deleted` : undefined,
  repeatable: true,
};
