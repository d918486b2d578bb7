import * as z from "zod";
import { CAST } from "./mask.ts";
import type { Memory } from "./request.ts";
import type { Step } from "./step.ts";

const Ticket = z.looseObject({ ticket: z.string(), CSRFPreventionToken: z.string() });
const Secret = z.looseObject({ value: z.string() });
const Digest = z.looseObject({ digest: z.string() });
const Backups = z.array(z.looseObject({ volid: z.string(), vmid: z.number().optional() }));
const Guests = z.array(z.looseObject({ vmid: z.number(), status: z.string() }));

type Entries = readonly (readonly [string, string | undefined])[];

function backupsOf(data: unknown, vmids: readonly string[]): string[] {
  const list = Backups.safeParse(data).data ?? [];
  return list.filter(({ vmid }) => vmids.includes(String(vmid))).map(({ volid }) => volid);
}

const [FIRST] = CAST.guests;

/** How the data of a step is remembered. */
const WAYS: Readonly<Record<string, (data: unknown, step: Step) => Entries>> = {
  ticket(data) {
    const found = Ticket.safeParse(data).data;
    return [
      ["ticket", found?.ticket],
      ["csrf", found?.CSRFPreventionToken],
    ];
  },
  userTicket(data) {
    const found = Ticket.safeParse(data).data;
    return [
      ["userTicket", found?.ticket],
      ["userCsrf", found?.CSRFPreventionToken],
    ];
  },
  digest: (data) => [["digest", Digest.safeParse(data).data?.digest]],
  long: (data) => [["long", z.string().safeParse(data).data]],
  limited: (data) => [["limited", `dif@pve!none=${Secret.safeParse(data).data?.value}`]],
  fullUser: (data) => [["fullUser", `dif@pve!full=${Secret.safeParse(data).data?.value}`]],
  backups: (data) => [0, 1, 2, 3].map((index) => [`backup${index}`, backupsOf(data, [String(FIRST)])[index]]),
  sweep: (data, step) => [["sweep", backupsOf(data, step.of ?? [])[0]]],
  running(data) {
    const guests = Guests.safeParse(data).data ?? [];
    const runs = guests.some(({ vmid, status }) => vmid === FIRST && status === "running");
    return [["running", runs ? "1" : undefined]];
  },
};

/** Keeps what later steps need of an answer. */
export function memorise(memory: Memory, step: Step, data: unknown): void {
  const entries = step.save ? (WAYS[step.save]?.(data, step) ?? []) : [];
  for (const [name, value] of entries) {
    if (value === undefined) memory.delete(name);
    else memory.set(name, value);
  }
  if (typeof data === "string" && data.startsWith("UPID:")) memory.set("lastUpid", data);
}
