import type { Call, Handler, Handlers } from "../call.ts";
import { nameOf } from "../guest.ts";
import { WAITS } from "../latency.ts";
import { died } from "../refusal.ts";
import type { Guest } from "../state.ts";
import { guestOf } from "./guests.ts";

/** `network-get-interfaces`: the command by its old parameter, or the last part of the path. */
const commandOf = ({ endpoint, params }: Call) =>
  endpoint.path.endsWith("/agent") ? params.text("command") : (endpoint.path.split("/").at(-1) ?? "");

/** What an agent was told to say to a command. */
const toldOf = (guest: Guest, command: string) => guest.agent?.[command] ?? guest.agent?.["*"];

/** The guest behind an agent call; an agent that is set up but absent costs three seconds. */
async function reach(call: Call): Promise<Guest> {
  const guest = guestOf(call, "qemu");
  if (guest.status !== "running") throw died(`VM ${guest.vmid} is not running`);
  if (!/^(enabled=)?1/.test(guest.config.agent ?? "")) throw died("No QEMU guest agent configured");
  const told = toldOf(guest, commandOf(call));
  if (told ? "result" in told : !guest.deaf) return guest;
  await call.world.clock.sleep(WAITS.agent);
  throw died("QEMU guest agent is not running");
}

/** What Proxmox itself sees of a container's network; nothing while it is off. */
const ofContainer: Handler = (call) => {
  const guest = guestOf(call, "lxc");
  if (guest.status !== "running") return [];
  const told = toldOf(guest, "interfaces")?.result;
  if (told !== undefined) return told;
  if (guest.interfaces) return guest.interfaces;
  const local = { name: "lo", hwaddr: "00:00:00:00:00:00", inet: "127.0.0.1/8" };
  const outside = { name: "eth0", hwaddr: macOf(guest), inet: `${addressOf(guest)}/8` };
  return [local, outside].map((one) => ({
    ...one,
    "hardware-address": one.hwaddr,
    "ip-addresses": [{ "ip-address": one.inet.split("/")[0], "ip-address-type": "inet", prefix: 8 }],
  }));
};

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
  "GET network-get-interfaces": (guest) => guest.interfaces ?? interfaces(guest),
  "GET get-osinfo": () => system,
  "GET get-host-name": (guest) => ({ "host-name": nameOf(guest) }),
  "GET info": () => ({ version: "7.2.17", supported_commands: [] }),
  "POST ping": () => ({}),
  "POST fsfreeze-status": () => "thawed",
  "POST fsfreeze-freeze": () => 1,
  "POST fsfreeze-thaw": () => 1,
  "POST fstrim": () => ({ paths: [] }),
  "POST set-user-password": () => ({}),
  "POST shutdown": () => ({}),
  "POST suspend-disk": () => ({}),
  "POST suspend-hybrid": () => ({}),
  "POST suspend-ram": () => ({}),
  "GET get-fsinfo": () => [
    { name: "sda1", mountpoint: "/", type: "ext4", disk: [], "total-bytes": 4e9, "used-bytes": 1e9 },
  ],
  "GET get-memory-block-info": () => ({ size: 134_217_728 }),
  "GET get-memory-blocks": () => [{ "phys-index": 0, online: true, "can-offline": false }],
  "GET get-time": () => 1_795_000_000_000_000_000,
  "GET get-timezone": () => ({ zone: "UTC", offset: 0 }),
  "GET get-users": () => [],
  "GET get-vcpus": () => [{ "logical-id": 0, online: true, "can-offline": false }],
};

/** The calls that take more than a name; each has a method and a path of its own. */
const SPECIAL: Readonly<Record<string, (guest: Guest) => unknown>> = {
  "POST exec": (guest) => ({ pid: 1000 + (guest.vmid % 1000) }),
  "GET exec-status": () => ({ exited: 1, exitcode: 0, "out-data": "" }),
  "GET file-read": () => ({ content: "", "bytes-read": 0 }),
  "POST file-write": () => null,
};

/** The old way to call a command by its name in a parameter. */
const byName: Handler = async (call) => {
  const guest = await reach(call);
  const name = call.params.text("command");
  const answer = COMMANDS[`POST ${name}`] ?? COMMANDS[`GET ${name}`];
  return toldOf(guest, name) ?? { result: answer ? answer(guest) : {} };
};

const handler =
  (answer: (guest: Guest) => unknown): Handler =>
  async (call) => {
    const guest = await reach(call);
    return toldOf(guest, commandOf(call)) ?? { result: answer(guest) };
  };

const pathOf = (name: string) => name.replace(" ", " /nodes/{node}/qemu/{vmid}/agent/");

/** What the guest agent says, under `result`; and what Proxmox sees of a container. */
export const agentHandlers: Handlers = {
  ...Object.fromEntries(Object.entries(COMMANDS).map(([name, answer]) => [pathOf(name), handler(answer)])),
  ...Object.fromEntries(
    Object.entries(SPECIAL).map(([name, answer]) => [
      pathOf(name),
      async (call: Call) => {
        const guest = await reach(call);
        return toldOf(guest, commandOf(call))?.result ?? answer(guest);
      },
    ]),
  ),
  "POST /nodes/{node}/qemu/{vmid}/agent": byName,
  "GET /nodes/{node}/lxc/{vmid}/interfaces": ofContainer,
};
