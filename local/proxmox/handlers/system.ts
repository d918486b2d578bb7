import type { Call, Handlers } from "../call.ts";
import { invalid, died } from "../refusal.ts";
import { atLeast, seconds } from "../world.ts";
import { releaseOf } from "./version.ts";

const SERVICES =
  "chrony corosync cron ksmtuned lxcfs postfix pve-cluster pve-firewall pve-ha-crm pve-ha-lrm pvedaemon pvefw-logger pveproxy pvescheduler pvestatd qmeventd spiceproxy sshd syslog systemd-timesyncd".split(
    " ",
  );

const serviceRow = (name: string) => ({
  service: name,
  name,
  desc: `${name} daemon`,
  state: "running",
  "active-state": "active",
  "unit-state": "enabled",
});

function service(call: Call) {
  const name = call.params.text("service");
  if (!SERVICES.includes(name)) throw invalid({ service: `value '${name}' does not exist` });
  return serviceRow(name);
}

/** Proxmox's own packages, with the versions they had. */
function packages({ world }: Call) {
  const { version } = releaseOf(world.version);
  const names = [
    "proxmox-ve",
    "pve-manager",
    "pve-qemu-kvm",
    "qemu-server",
    "pve-container",
    "libpve-storage-perl",
  ];
  return names.map((name) => ({
    Package: name,
    Title: name,
    Version: version,
    OldVersion: version,
    Arch: "amd64",
    Description: name,
    Origin: "Proxmox",
    Priority: "optional",
    Section: "admin",
    CurrentState: "Installed",
  }));
}

const subscription = ({ world, node }: Call) => ({
  status: "notfound",
  message: "There is no subscription key",
  serverid: world.state.cluster.padEnd(32, "0").toUpperCase(),
  url: "https://www.proxmox.com/proxmox-ve/pricing",
  ...(atLeast(world, 8) && { checktime: seconds(world) }),
  sockets: 1,
  productname: node,
});

/** The system disk of every node. */
const disks = ({ world, node }: Call) => [
  {
    devpath: "/dev/sda",
    used: "LVM",
    mounted: 0,
    size: world.state.nodes[node]?.disk ?? 0,
    gpt: 1,
    health: "PASSED",
    model: "VIRTUAL_SSD",
    serial: `${node}-0001`,
    vendor: "EXAMPLE",
    type: "ssd",
    wearout: 100,
    osdid: -1,
    "osdid-list": null,
    wwn: "0x0000000000000001",
    rpm: 0,
    by_id_link: "/dev/disk/by-id/ata-VIRTUAL_SSD",
  },
];

function smart(call: Call) {
  if (call.params.text("disk") !== "/dev/sda") throw died(`no such disk '${call.params.text("disk")}'`);
  return { health: "PASSED", type: "ata", attributes: [] };
}

const certificates = ({ world, node }: Call) => [
  {
    filename: "pve-ssl.pem",
    fingerprint: "AA:".repeat(31) + "AA",
    subject: `/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN=${node}.example.test`,
    issuer: "/CN=Proxmox Virtual Environment/O=PVE Cluster Manager CA",
    notbefore: seconds(world) - 86_400,
    notafter: seconds(world) + 700 * 86_400,
    "public-key-type": "rsaEncryption",
    "public-key-bits": 2048,
    san: [`${node}.example.test`],
  },
];

const lines = (texts: readonly string[]) => texts.map((t, index) => ({ n: index + 1, t }));

/** The newest tasks, in the words of the cluster's log. */
const clusterLog = ({ world }: Call) =>
  Object.values(world.state.tasks)
    .slice(-10)
    .map(({ upid, node, pid, user, starttime }, index) => ({
      uid: index + 1,
      id: String(index + 1),
      node,
      pid,
      pri: 6,
      tag: "pvedaemon",
      time: starttime,
      user,
      msg: `starting task ${upid}`,
    }));

/** What a node tells of its own system. */
export const systemHandlers: Handlers = {
  "GET /nodes/{node}/services": () => SERVICES.map(serviceRow),
  "GET /nodes/{node}/services/{service}/state": service,
  "GET /nodes/{node}/apt/versions": packages,
  "GET /nodes/{node}/subscription": subscription,
  "GET /nodes/{node}/disks/list": disks,
  "GET /nodes/{node}/disks/smart": smart,
  "GET /nodes/{node}/certificates/info": certificates,
  "GET /nodes/{node}/syslog": ({ node }) => lines([`${node} systemd[1]: Started.`]),
  "GET /nodes/{node}/journal": ({ node }) => [`${node} systemd[1]: Started.`],
  "GET /nodes/{node}/report": ({ node }) => `==== general system info ====\n\n# hostname\n${node}\n`,
  "GET /cluster/log": clusterLog,
  "GET /cluster/config/apiversion": ({ world }) => (atLeast(world, 8) ? 10 : 9),
  "GET /access/domains/{realm}": ({ params }) => ({ type: params.text("realm"), digest: "0".repeat(40) }),
};
