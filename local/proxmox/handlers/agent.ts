import type { Call, Handler, Handlers } from "../call.ts";
import { nameOf } from "../guest.ts";
import { WAITS } from "../latency.ts";
import { died } from "../refusal.ts";
import type { Guest } from "../state.ts";
import { guestOf } from "./guests.ts";

/** The guest behind an agent call; an agent that is set up but absent costs three seconds. */
async function reach(call: Call): Promise<Guest> {
  const guest = guestOf(call, "qemu");
  if (guest.status !== "running") throw died(`VM ${guest.vmid} is not running`);
  if (!/^(enabled=)?1/.test(guest.config.agent ?? "")) throw died("No QEMU guest agent configured");
  if (!guest.deaf) return guest;
  await call.world.clock.sleep(WAITS.agent);
  throw died("QEMU guest agent is not running");
}

const macOf = (guest: Guest) =>
  (/([0-9A-F]{2}:){5}[0-9A-F]{2}/.exec(guest.config.net0 ?? "")?.[0] ?? "").toLowerCase();

/** An address from a network that nobody uses, different for each guest. */
const addressOf = (guest: Guest) => `198.18.${(guest.vmid >> 8) & 255}.${guest.vmid & 255}`;

const interfaces = (guest: Guest) => [
  {
    name: "lo",
    "hardware-address": "00:00:00:00:00:00",
    "ip-addresses": [{ "ip-address": "127.0.0.1", "ip-address-type": "ipv4", prefix: 8 }],
  },
  {
    name: "eth0",
    "hardware-address": macOf(guest),
    "ip-addresses": [{ "ip-address": addressOf(guest), "ip-address-type": "ipv4", prefix: 15 }],
  },
];

const system = {
  id: "debian",
  name: "Debian GNU/Linux",
  "pretty-name": "Debian GNU/Linux 12 (bookworm)",
  version: "12 (bookworm)",
  "version-id": "12",
  machine: "x86_64",
  "kernel-release": "6.1.0-28-amd64",
};

const COMMANDS: Readonly<Record<string, (guest: Guest) => unknown>> = {
  "GET network-get-interfaces": interfaces,
  "GET get-osinfo": () => system,
  "GET get-host-name": (guest) => ({ "host-name": nameOf(guest) }),
  "GET info": () => ({ version: "7.2.17", supported_commands: [] }),
  "POST ping": () => ({}),
  "POST fsfreeze-status": () => "thawed",
};

const handler =
  (answer: (guest: Guest) => unknown): Handler =>
  async (call) => ({ result: answer(await reach(call)) });

/** What the guest agent says. Its answers come under `result`. */
export const agentHandlers: Handlers = Object.fromEntries(
  Object.entries(COMMANDS).map(([name, answer]) => {
    const [method, command] = name.split(" ");
    return [`${method} /nodes/{node}/qemu/{vmid}/agent/${command}`, handler(answer)];
  }),
);
