import { expect, test } from "vitest";
import { spec } from "../../../../../functions/api/vms/cloud-init/get.ts";
import { lab } from "../../../../kit/lab.ts";

const route = { spec };
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ops@host";
const at = (vmid: number) => ({ path: { cluster: "main", vmid } });

test("200: cloud-init as it is, keys by their fingerprints and no secret", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests["9000"]?.config ?? {}, {
    cipassword: "hush-hush",
    sshkeys: encodeURIComponent(`${KEY}\nnonsense`),
    nameserver: "10.0.0.53 10.0.0.54",
    ipconfig0: "ip=10.0.0.31/24,gw=10.0.0.1,ip6=dhcp",
  });
  const answer = await stage.call(route, at(9000));
  expect(answer).toMatchObject({
    status: 200,
    json: {
      vm: "main/9000",
      drive: "ide2",
      type: null,
      user: "debian",
      passwordSet: true,
      sshKeys: [
        {
          type: "ssh-ed25519",
          fingerprint: "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
          comment: "ops@host",
        },
        { type: "unknown", fingerprint: null, comment: "" },
      ],
      dns: { servers: ["10.0.0.53", "10.0.0.54"], searchDomain: null },
      networks: [{ ipv4: "10.0.0.31/24", gateway4: "10.0.0.1", ipv6: "dhcp", gateway6: null }],
      upgradePackages: true,
    },
  });
  expect(JSON.stringify(answer.json)).not.toMatch(/hush|AAAAC3/);
});

test("200: a VM without cloud-init says so", async () => {
  const stage = await lab();
  const answer = await stage.call(route, at(110));
  expect(answer).toMatchObject({
    status: 200,
    json: { drive: null, user: null, passwordSet: false, networks: [] },
  });
});

test("404: an unknown guest", async () => {
  const stage = await lab();
  expect(await stage.call(route, at(999))).toMatchObject({ status: 404, json: { code: "vm.missing" } });
});

test("400: a VMID that is none; Proxmox is never asked", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { path: { cluster: "main", vmid: "abc" } });
  expect(answer.status).toBe(400);
  expect(stage.simulator.counters().calls).toEqual({});
});
