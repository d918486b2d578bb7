import { fleetGuest } from "./fleet-guests.ts";
import { STANDALONE, STORAGES } from "./fleet-storages.ts";
import type { Version } from "./facts/index.ts";
import { randomOf } from "./random.ts";
import type { State, Volume } from "./state.ts";
import { endTask } from "./task-index.ts";
import { formatUpid } from "./upid.ts";

export interface FleetOptions {
  readonly version?: Version;
  readonly seed?: number;
  readonly nodes?: number;
  readonly guests?: number;
  readonly token?: string;
  readonly password?: string;
  readonly now: Date;
}

const GIB = 1024 ** 3;

function nodesOf(count: number, now: number): State["nodes"] {
  const names = Array.from({ length: count }, (_, index) => index + 1);
  return Object.fromEntries(
    names.map((nodeid) => [
      `pve${nodeid}`,
      {
        name: `pve${nodeid}`,
        nodeid,
        ip: `192.0.2.${nodeid}`,
        online: true,
        cpus: 32,
        memory: 128 * GIB,
        disk: 100 * GIB,
        bootedAt: now - 40 * 86_400,
        nextPid: 10_000 * nodeid,
        tasks: [],
      },
    ]),
  );
}

/** Text with the punctuation a timestamped backup name has: 2026_11_23-02_00_00. */
const stamp = (at: number) =>
  new Date(at * 1000)
    .toISOString()
    .slice(0, 19)
    .replace("T", "-")
    .replaceAll(":", "_")
    .replace(/^(\d+)-(\d+)-(\d+)/, "$1_$2_$3");

function backups(state: State, now: number): Volume[] {
  const owned = Object.values(state.guests).filter(({ config }) => config.tags?.includes("moxxie"));
  return owned.flatMap((guest) =>
    [2, 1].map((days) => {
      const ctime = now - (now % 86_400) + 7200 - days * 86_400;
      const format = guest.kind === "qemu" ? "vma.zst" : "tar.zst";
      return {
        volid: `backup:backup/vzdump-${guest.kind}-${guest.vmid}-${stamp(ctime)}.${format}`,
        storage: "backup",
        content: "backup",
        format,
        size: 3 * GIB,
        used: 3 * GIB,
        ctime,
        vmid: guest.vmid,
        subtype: guest.kind,
        notes: guest.config.name ?? "",
        config: guest.config,
      };
    }),
  );
}

/** Some finished tasks, so that lists are not empty: what each running guest's last start left behind. */
function history(state: State, now: number): void {
  for (const guest of Object.values(state.guests)
    .filter(({ status }) => status === "running")
    .slice(0, 60)) {
    const node = state.nodes[guest.node];
    if (!node) continue;
    const starttime = guest.startedAt ?? now;
    const type = guest.kind === "qemu" ? "qmstart" : "vzstart";
    const spec = {
      node: guest.node,
      pid: node.nextPid++,
      pstart: (starttime - node.bootedAt) * 100,
      starttime,
    };
    const task = { ...spec, type, id: String(guest.vmid), user: "root@pam", log: ["TASK OK"] };
    const upid = formatUpid(task);
    state.tasks[upid] = { ...task, upid };
    endTask(state, upid, { exitstatus: "OK", endtime: starttime + 3 });
  }
}

const storagesOf = ({ nodes, guests }: FleetOptions) => (nodes === 1 && guests === 0 ? STANDALONE : STORAGES);

function emptyCluster(options: FleetOptions, now: number): State {
  const seed = options.seed ?? 1;
  const random = randomOf({ random: seed });
  const uuid = [8, 4, 4, 4, 12].map((digits) => random.hex(digits)).join("-");
  const [, id = "root@pam!main", secret = uuid] = /^([^=]+)=(.+)$/.exec(options.token ?? "") ?? [];
  return {
    version: options.version ?? "8.4",
    cluster: "main",
    quorate: true,
    random: seed,
    nodes: nodesOf(options.nodes ?? 3, now),
    guests: {},
    storages: Object.fromEntries(storagesOf(options).map((one) => [one.storage, one])),
    volumes: [],
    tasks: {},
    pools: {},
    users: { "root@pam": { password: options.password ?? "moxxie-dev" } },
    tokens: { [id]: { secret, privsep: false, expire: 0 } },
    acls: [],
    sections: {},
  };
}

/** The development fleet: the same guests for the same options, at every start. */
export function fleet(options: FleetOptions): State {
  const now = Math.floor(options.now.getTime() / 1000);
  const state = emptyCluster(options, now);
  const nodes = Object.keys(state.nodes);
  for (let index = 0; index < (options.guests ?? 24); index++) {
    const { guest, disk } = fleetGuest(index, nodes[index % nodes.length] ?? "", now);
    state.guests[guest.vmid] = guest;
    state.volumes.push(disk);
  }
  const vms = Object.values(state.guests).filter(({ config }) => config.tags?.includes("client-acme"));
  if (vms.length > 0)
    state.pools.acme = { poolid: "acme", comment: "Acme", vms: vms.map(({ vmid }) => vmid), storages: [] };
  state.volumes.push(...backups(state, now));
  history(state, now);
  return state;
}
