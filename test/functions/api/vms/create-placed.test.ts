import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/create.ts";
import { spec as fromTemplate } from "../../../../functions/api/vms/from-template.ts";
import { configure } from "../../../core/tag/stage.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing } from "../../../kit/proof.ts";

const route = { spec };
const GIB = 1024 ** 3;
const made = (body: Record<string, unknown>) => ({
  path: { cluster: "main" },
  body: { name: "web-07", memoryBytes: GIB, ...body },
});
const copyOf = (importFrom: string) => made({ disks: [{ storage: "nfs", importFrom }] });
const diskOf = ({ simulator }: Lab, vmid: number) =>
  simulator.state.guests[vmid]?.config["scsi0"]?.split(",")[0] ?? "";

test.for(["strict", "permissive"] as const)(
  "403: %s safe mode refuses a disk that is copied from a foreign guest, as it refuses a clone of it",
  async (mode) => {
    const stage = await lab({ mode });
    const answer = await changingNothing(stage, () => stage.call(route, copyOf(diskOf(stage, 107))));
    expect(answer).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
    expect(await auditOf(stage)).toMatchObject([{ action: "vm.create", outcome: "refused" }]);
  },
);

test.for([102, 9000])("202: a disk of guest %i, which is ours or a template, may be copied", async (vmid) => {
  const stage = await lab({ mode: "strict" });
  const { items } = await carriedOut(stage, await stage.call(route, copyOf(diskOf(stage, vmid))));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test("400: a disk to import from a storage that the cluster does not have", async () => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, copyOf("ceph:vm-107-disk-0")));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/disks/0/importFrom" }] } });
});

test("202: a guest is placed where the storage is that a disk is imported from", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.storages["local"] ?? {}, { nodes: ["pve3"] });
  const image = { storage: "local", content: "import", format: "qcow2", size: 9, used: 9, ctime: 0 };
  stage.simulator.state.volumes.push({ volid: "local:import/a.qcow2", ...image });
  const request = { ...copyOf("local:import/a.qcow2"), query: { dryRun: "true" } };
  const answer = await stage.call(route, request);
  expect(answer).toMatchObject({ status: 200, json: { items: [{ vm: { node: "pve3" } }] } });
});

test.for([
  ["/iso", { iso: "local-lvm:vm-107-disk-0" }],
  ["/options/tpmstate0", { options: { tpmstate0: "local-lvm:vm-107-disk-0,version=v2.0" } }],
  ["/options/tpmstate0", { options: { tpmstate0: "file=local-lvm:vm-107-disk-0" } }],
  ["/options/tpmstate0", { options: { tpmstate0: "local-lvm:1,import-from=local-lvm:vm-107-disk-0" } }],
] as const)("400: a volume of another guest is not to be had by %s", async ([pointer, body]) => {
  const stage = await lab({ mode: "off" });
  const answer = await changingNothing(stage, () => stage.call(route, made(body)));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
});

test("202: a new volume for the state of a TPM is made", async () => {
  const stage = await lab();
  const body = made({ vmid: 900, options: { tpmstate0: "local-lvm:1,version=v2.0" } });
  const { items } = await carriedOut(stage, await stage.call(route, body));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(stage.simulator.state.guests[900]?.config["tpmstate0"]).toContain("vm-900-");
});

test("202: several that are asked for at once go to different nodes, although Proxmox lists none of them yet", async () => {
  const stage = await lab();
  const answers = [];
  for (const _ of [1, 2, 3]) answers.push(await stage.call(route, made({ memoryBytes: 16 * GIB })));
  const ended = [];
  for (const answer of answers) ended.push((await carriedOut(stage, answer)).items[0]?.vm?.node);
  expect(new Set(ended).size).toBe(3);
});

test("202: tags keep their case in a cluster that tells Prod from prod, and are in lower case in any other", async () => {
  const tags = ["Env-Prod", "env-prod"];
  for (const [style, kept] of [
    ["case-sensitive=1", "Env-Prod;env-prod;moxxie"],
    ["shape=full", "env-prod;moxxie"],
  ] as const) {
    const stage = await lab();
    configure(stage, { "tag-style": style });
    await carriedOut(stage, await stage.call(route, made({ vmid: 900, tags })));
    const template = { name: "db", vmid: 901, template: "main/9000", tags };
    await carriedOut(
      stage,
      await stage.call({ spec: fromTemplate }, { path: { cluster: "main" }, body: template }),
    );
    for (const vmid of [900, 901]) expect(stage.simulator.state.guests[vmid]?.config["tags"]).toBe(kept);
  }
});
