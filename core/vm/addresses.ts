import type { World } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import type { Warning } from "../lib/page.ts";
import { interfaces, ProxmoxError, tellsInterfaces, type Proxmox } from "../proxmox/index.ts";

/** An agent that hangs must not keep whoever asks for a guest. */
const MOST_MS = 5000;

/** An address of a guest as the guest itself has it, with the length of its prefix. */
export interface Address {
  readonly interface: string;
  readonly mac: string | null;
  readonly address: string;
}

/** Loopback and what is good on one link only say nothing of where the guest is to be found. */
const isOutside = (address: string) => !/^(?:127\.|::1(?:\/|$)|fe80:)/i.test(address);

type Found = { readonly addresses: Address[] | null; readonly warnings: Warning[] };

const silent = (guest: Guest, detail: string): Found => ({
  addresses: null,
  warnings: [{ code: "vm.agent-silent", detail: `${guest.id} does not tell its addresses: ${detail}` }],
});

/** The addresses that the agent in a VM tells, or Proxmox of a container; null with the reason where nobody does. */
export async function addressesOf(world: World, proxmox: Proxmox, guest: Guest): Promise<Found> {
  if (!(await tellsInterfaces(proxmox, guest)))
    return silent(guest, "this version of Proxmox does not tell those of containers");
  const asked = interfaces(proxmox, guest).then(
    (found) => ({ found }),
    (error: unknown) => ({ error }),
  );
  const answer = await Promise.race([asked, world.clock.sleep(MOST_MS)]);
  if (!answer) return silent(guest, `there was no answer in ${MOST_MS / 1000} s`);
  if ("error" in answer) {
    if (!(answer.error instanceof ProxmoxError)) throw answer.error;
    return silent(guest, answer.error.message);
  }
  const addresses = answer.found.flatMap(({ name, mac = null, addresses: all }) =>
    all.filter(isOutside).map((address) => ({ interface: name, mac: mac?.toUpperCase() ?? null, address })),
  );
  return { addresses, warnings: [] };
}
