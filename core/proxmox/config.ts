import * as z from "zod";
import type { Proxmox } from "./client.ts";
import { atGuest, type GuestPath } from "./guest.ts";
import { ask } from "./request.ts";
import type { Params } from "./types/generated.ts";
import { fields, numeric } from "./wire.ts";
import type { Texts } from "./text.ts";

const Value = z.union([z.string(), z.number()]).transform(String);
const Row = fields<"GET /nodes/{node}/qemu/{vmid}/pending">()({
  key: z.string(),
  value: Value.optional(),
  pending: Value.optional(),
  delete: numeric.optional(),
});

/** A key of a configuration: what it is now, and what it will be from the next start on. */
export type PendingRow = z.infer<typeof Row>;

/** The configuration key by key, with what waits for the next start; one of the keys is `digest`. */
export const pending = (proxmox: Proxmox, guest: GuestPath) =>
  proxmox.call(ask(`GET /nodes/{node}/${guest.type}/{vmid}/pending`, atGuest(guest)), z.array(Row));

type OfVm = Params["PUT /nodes/{node}/qemu/{vmid}/config"];

/** What may be changed of a configuration; `memory` and `balloon` in MiB, `delete` names keys. A container has no sockets, `cpu`, `balloon`, `agent` and `boot`. */
type ConfigChange = Pick<
  OfVm,
  | "name"
  | "description"
  | "sockets"
  | "cores"
  | "cpu"
  | "cpulimit"
  | "cpuunits"
  | "balloon"
  | "agent"
  | "boot"
  | "onboot"
  | "protection"
  | "delete"
  | "digest"
> & { readonly memory?: number | undefined };

/** Changes a configuration at once, if it still is what `digest` says. */
export async function changeConfig(proxmox: Proxmox, guest: GuestPath, change: ConfigChange): Promise<void> {
  const { name, memory, sockets, cpu, balloon, agent, boot, ...both } = change;
  const call =
    guest.type === "lxc"
      ? ask("PUT /nodes/{node}/lxc/{vmid}/config", atGuest(guest), { ...both, hostname: name, memory })
      : ask("PUT /nodes/{node}/qemu/{vmid}/config", atGuest(guest), {
          ...both,
          name,
          sockets,
          cpu,
          balloon,
          agent,
          boot,
          memory: memory === undefined ? undefined : String(memory),
        });
  await proxmox.call(call, z.null());
}

/** The keys with the values that they have now: what waits for the next start is not among them. */
export const presentTextsOf = (rows: readonly PendingRow[]): Texts =>
  Object.fromEntries(rows.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]])));

/** The keys with the values that they will have. */
export const textsOf = (rows: readonly PendingRow[]): Texts =>
  Object.fromEntries(
    rows.flatMap(({ key, value, pending, delete: gone }) => {
      const text = gone === undefined || gone === 0 ? (pending ?? value) : undefined;
      return text === undefined ? [] : [[key, text]];
    }),
  );
