import type { World } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import type { Warning } from "../lib/page.ts";
import type { Network } from "./config-networks.ts";
import { type Interface, interfaces, ProxmoxError, tellsInterfaces, type Proxmox } from "../proxmox/index.ts";

/** An agent that hangs must not keep whoever asks for a guest. */
const MOST_MS = 5000;

/** An address of a guest as the guest itself has it, with the length of its prefix. */
export interface Address {
  readonly interface: string;
  readonly mac: string | null;
  readonly address: string;
}

/** Loopback and what is good on one link only say nothing of where the guest is to be found. */
const isOutside = (address: string) => !/^(?:127\.|169\.254\.|::1(?:\/|$)|fe[89ab][0-9a-f]:)/i.test(address);

/**
 * The addresses at which a guest can be found: those of its own cards, by their MACs. Bridges of containers inside it and
 * tunnels have others. A guest that names no card, such as one with a card of the host's, is taken at its word.
 */
export function outsideOf(found: readonly Interface[], cards: readonly Network[]): Address[] {
  const macs = new Set(cards.flatMap(({ mac }) => mac ?? []));
  return found.flatMap(({ name, mac: told, addresses }) => {
    const mac = told?.toUpperCase() ?? null;
    if (macs.size > 0 && (mac === null || !macs.has(mac))) return [];
    return addresses.filter(isOutside).map((address) => ({ interface: name, mac, address }));
  });
}

/** What is said of rows that could not be read. */
const unreadableWarning = (guest: Guest, unread: number): Warning[] =>
  unread === 0
    ? []
    : [
        {
          code: "vm.agent-unreadable",
          detail: `of the interfaces of ${guest.id} ${unread} ${unread === 1 ? "row is" : "rows are"} left out: nothing could be read of ${unread === 1 ? "it" : "them"}`,
        },
      ];

type Found = { readonly addresses: Address[] | null; readonly warnings: Warning[] };

const silent = (guest: Guest, detail: string): Found => ({
  addresses: null,
  warnings: [{ code: "vm.agent-silent", detail: `${guest.id} does not tell its addresses: ${detail}` }],
});

/** The addresses that the agent in a VM tells, or Proxmox of a container; null with the reason where nobody does. */
export async function addressesOf(
  world: World,
  proxmox: Proxmox,
  { guest, networks }: { readonly guest: Guest; readonly networks: readonly Network[] },
): Promise<Found> {
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
  const { interfaces: found, unread } = answer.found;
  return { addresses: outsideOf(found, networks), warnings: unreadableWarning(guest, unread) };
}
