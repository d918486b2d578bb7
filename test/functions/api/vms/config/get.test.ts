import { expect, test } from "vitest";
import { spec } from "../../../../../functions/api/vms/config/get.ts";
import { lab } from "../../../../kit/lab.ts";

const route = { spec };
const at = (vmid: number) => ({ path: { cluster: "main", vmid } });

test("200: the configuration taken apart, with Proxmox's digest as its version, by one request", async () => {
  const stage = await lab();
  const answer = await stage.call(route, at(102));
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({
    id: "main/102",
    name: "web-2",
    memoryBytes: 2048 * 1024 ** 2,
    cpu: { type: null, sockets: 1, cores: 2 },
    disks: [{ name: "scsi0", volid: "local-lvm:vm-102-disk-0" }],
    options: { scsihw: "virtio-scsi-single" },
    etag: expect.stringMatching(/^[0-9a-f]{40}$/),
  });
  expect(answer.headers["etag"]).toMatch(/^"[0-9a-f]{40}"$/);
  expect(stage.simulator.counters().total.requests).toBe(1);
});

test("200: what waits for the next start is told with what is now", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests["102"] ?? {}, { pending: { cores: "4" }, dropped: ["agent"] });
  const { json } = await stage.call(route, at(102));
  expect(json).toMatchObject({
    cpu: { cores: 4 },
    agent: false,
    pending: [
      { key: "agent", now: "1", next: null },
      { key: "cores", now: "2", next: "4" },
    ],
  });
});

test("200: neither passwords nor keys are shown, nor what may hold them, waiting ones included", async () => {
  const stage = await lab();
  const secrets = { cipassword: "hunter2", args: "-vnc password=hunter2", sshkeys: "ssh-rsa%20hunter2" };
  const guest = stage.simulator.state.guests["102"];
  Object.assign(guest?.config ?? {}, secrets);
  Object.assign(guest ?? {}, { pending: { cipassword: "hunter3", sshkeys: "hunter3" } });
  Object.assign(stage.simulator.state.guests["201"]?.config ?? {}, { env: "TOKEN=hunter4" });
  const vm = await stage.call(route, at(102));
  expect(vm.status).toBe(200);
  expect(vm.body).not.toContain("hunter");
  expect((await stage.call(route, at(201))).body).not.toContain("hunter");
});

test("200: all kinds of drives and cards", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests["102"]?.config ?? {}, {
    ide2: "local:iso/debian.iso,media=cdrom,size=600M",
    ide3: "none,media=cdrom",
    scsi1: "nfs:102/vm-102-disk-1.qcow2,cache=writeback,discard=on,iothread=1,ssd=1,backup=0,size=1536M",
    unused0: "nfs:102/vm-102-disk-9.raw",
    net1: "e1000=BC:24:11:AA:BB:CC,bridge=vmbr1,tag=120,firewall=1,link_down=1,mtu=9000,queues=4,rate=12.5",
    bios: "ovmf",
  });
  const { json } = await stage.call(route, at(102));
  expect(json).toMatchObject({
    firmware: "uefi",
    disks: [
      { name: "ide2", kind: "cd-rom", volid: "local:iso/debian.iso" },
      { name: "ide3", kind: "cd-rom", volid: null, storage: null },
      { name: "scsi0", kind: "disk", ssd: false, backup: true },
      {
        name: "scsi1",
        kind: "disk",
        storage: "nfs",
        format: "qcow2",
        cache: "writeback",
        sizeBytes: 1536 * 1024 ** 2,
        discard: true,
        iothread: true,
        ssd: true,
        backup: false,
      },
      { name: "unused0", kind: "unused" },
    ],
    networks: [
      { name: "net0", model: "virtio", firewall: false },
      {
        name: "net1",
        model: "e1000",
        vlan: 120,
        mtu: 9000,
        queues: 4,
        rateMegabytes: 12.5,
        firewall: true,
        linkDown: true,
      },
    ],
  });
});

test("404: an unknown guest", async () => {
  const stage = await lab();
  expect((await stage.call(route, at(999))).status).toBe(404);
});
