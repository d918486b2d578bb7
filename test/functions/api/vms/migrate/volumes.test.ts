import { expect, test } from "vitest";
import { spec as bulk } from "../../../../../functions/api/bulk/migrate.ts";
import { spec as report } from "../../../../../functions/api/vms/migrate/get.ts";
import { spec } from "../../../../../functions/api/vms/migrate/post.ts";
import { lab, type Lab } from "../../../../kit/lab.ts";
import { carriedOut, changingNothing } from "../../../../kit/proof.ts";
import { Plan } from "../../../../kit/shape.ts";

const route = { spec };
const at = (vmid: number, body: Record<string, unknown> = {}) => ({ path: { cluster: "main", vmid }, body });

const guestOf = ({ simulator }: Lab, vmid: number) => {
  const guest = simulator.state.guests[vmid];
  if (!guest) throw new Error(`no guest ${vmid}`);
  return guest;
};
const configure = (stage: Lab, vmid: number, options: Readonly<Record<string, string>>) =>
  Object.assign(guestOf(stage, vmid).config, options);

/** Gives a guest a snapshot of what it is now. */
function snapshot(stage: Lab, vmid: number, more: Readonly<Record<string, string>> = {}): void {
  const guest = guestOf(stage, vmid);
  guest.snapshots["s1"] = { config: { ...guest.config, ...more }, snaptime: 1 };
}
const typed = ({ simulator }: Lab, type: string) =>
  Object.assign(simulator.state.storages["local-lvm"] ?? {}, { type });

/** What the report says, the dry run of a bulk call, and another node than its own. */
async function foretold(stage: Lab, vmid: number) {
  const { node } = guestOf(stage, vmid);
  const { json } = await stage.call({ spec: report }, { path: { cluster: "main", vmid } });
  const target = node === "pve1" ? "pve2" : "pve1";
  const dryRun = { body: { select: { vmids: [vmid] }, target }, query: { dryRun: "true" } };
  const { items } = Plan.parse((await stage.call({ spec: bulk }, dryRun)).json);
  return { json, planned: items.find(({ vm }) => vm?.id === `main/${vmid}`), target };
}

/** 110 is a VM that is off, 102 one that runs, 204 a container that is off; all with a local disk. */
test.for([
  [110, "lvmthin"],
  [110, "lvm"],
  [102, "lvmthin"],
  [102, "zfspool"],
  [204, "lvmthin"],
] as const)(
  "C3: 409: guest %i with a snapshot on local storage of type %s stays, as all plans say",
  async ([vmid, type]) => {
    const stage = await lab({ mode: "off" });
    typed(stage, type);
    snapshot(stage, vmid);
    const { json, planned, target } = await foretold(stage, vmid);
    expect(json).toMatchObject({
      obstacle: { code: "migrate.snapshot", detail: expect.stringContaining("s1") },
    });
    expect(planned).toMatchObject({ willRun: false, code: "migrate.snapshot" });
    const answer = await changingNothing(stage, () => stage.call(route, at(vmid, { target })));
    expect(answer).toMatchObject({ status: 409, json: { code: "migrate.snapshot" } });
  },
);

test.for([
  [110, "zfspool"],
  [110, "btrfs"],
  [204, "zfspool"],
] as const)(
  "C3: 202: guest %i takes its snapshot along on local storage of type %s",
  async ([vmid, type]) => {
    const stage = await lab({ mode: "off" });
    typed(stage, type);
    snapshot(stage, vmid);
    const { json, planned, target } = await foretold(stage, vmid);
    expect(json).toMatchObject({ obstacle: null });
    expect(planned).toMatchObject({ willRun: true });
    const { items } = await carriedOut(stage, await stage.call(route, at(vmid, { target })));
    expect(items).toMatchObject([{ state: "succeeded" }]);
  },
);

test("C3: a qcow2 file takes its snapshots along when it is off, but not to storage of another type", async () => {
  const stage = await lab({ mode: "off" });
  const { storages, volumes } = stage.simulator.state;
  const volid = "local:110/vm-110-disk-0.qcow2";
  Object.assign(storages["local"] ?? {}, { content: ["images", "iso"] });
  const facts = { content: "images", format: "qcow2", size: 1, used: 1, ctime: 1, vmid: 110 };
  volumes.push({ volid, storage: "local", node: guestOf(stage, 110).node, ...facts });
  configure(stage, 110, { scsi0: `${volid},size=1G` });
  snapshot(stage, 110);
  const elsewhere = at(110, { targetStorage: "local-lvm" });
  const answer = await changingNothing(stage, () => stage.call(route, elsewhere));
  expect(answer).toMatchObject({ status: 409, json: { code: "migrate.snapshot" } });
  const { items } = await carriedOut(stage, await stage.call(route, at(110)));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test("C3: a snapshot that was taken after the plan keeps the guest, as a skip with the reason", async () => {
  const stage = await lab({ mode: "off" });
  for (const vmid of [110, 204]) {
    const { node } = guestOf(stage, vmid);
    const accepted = await stage.call(route, at(vmid));
    snapshot(stage, vmid);
    const { items } = await carriedOut(stage, accepted);
    expect(items).toMatchObject([{ error: { code: "migrate.snapshot" } }]);
    expect(guestOf(stage, vmid).node).toBe(node);
  }
});

test("C2: 409: an ISO image of one node keeps a VM there, although only a snapshot holds it", async () => {
  const stage = await lab({ mode: "off" });
  typed(stage, "zfspool");
  snapshot(stage, 110, { ide2: "local:iso/debian.iso,media=cdrom" });
  const answer = await changingNothing(stage, () => stage.call(route, at(110)));
  const detail = expect.stringMatching(/local:iso\/debian\.iso .*s1/);
  expect(answer).toMatchObject({ status: 409, json: { code: "migrate.cd-rom", detail } });
});

test.for([110, 102, 204])(
  "C4: 409: guest %i stays with the disk of another guest, which is named",
  async (vmid) => {
    const stage = await lab({ mode: "off" });
    const option = vmid === 204 ? "mp0" : "scsi1";
    const volid = "local-lvm:vm-9999-disk-0";
    configure(stage, vmid, { [option]: `${volid},size=1G${vmid === 204 ? ",mp=/data" : ""}` });
    const answer = await changingNothing(stage, () => stage.call(route, at(vmid)));
    const detail = expect.stringContaining(`${volid} is a disk of guest 9999`);
    expect(answer).toMatchObject({ status: 409, json: { code: "disk.foreign", detail } });
  },
);

test("C4: 202: the disk of another guest on shared storage stays there, and keeps nobody", async () => {
  const stage = await lab({ mode: "off" });
  configure(stage, 110, { scsi1: "nfs:9999/vm-9999-disk-0.qcow2,size=1G" });
  const { items } = await carriedOut(stage, await stage.call(route, at(110)));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test("C4: 409: neither a linked clone of a disk of one node goes along, nor what Proxmox does not copy", async () => {
  const stage = await lab({ mode: "off" });
  configure(stage, 110, { scsi1: "local-lvm:base-9000-disk-0/vm-110-disk-1,size=1G" });
  const clone = await changingNothing(stage, () => stage.call(route, at(110)));
  expect(clone).toMatchObject({ status: 409, json: { code: "migrate.linked-clone" } });
  typed(stage, "iscsidirect");
  const storage = await changingNothing(stage, () => stage.call(route, at(110)));
  expect(storage).toMatchObject({ status: 409, json: { code: "migrate.storage" } });
});
