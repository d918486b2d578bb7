import { expect, test } from "vitest";
import { spec as remove } from "../../../../functions/api/vms/delete.ts";
import { spec as move } from "../../../../functions/api/vms/move-disk.ts";
import { spec as resize } from "../../../../functions/api/vms/resize-disk.ts";
import { spec as template } from "../../../../functions/api/vms/template.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { carriedOut, changingNothing } from "../../../kit/proof.ts";

const FOREIGN = "local-lvm:vm-9999-disk-0";
const GIB = 1024 ** 3;
const at = (body: Record<string, unknown> = {}) => ({ path: { cluster: "main", vmid: 110 }, body });

/** A stopped VM that has the disk of another guest beside its own. */
async function stageOf(): Promise<Lab> {
  const stage = await lab({ mode: "off" });
  const { guests, volumes } = stage.simulator.state;
  const guest = guests["110"];
  if (!guest) throw new Error("no guest");
  Object.assign(guest.config, { scsi1: `${FOREIGN},size=1G` });
  const facts = { content: "images", format: "raw", size: GIB, used: 1, ctime: 1, vmid: 9999 };
  volumes.push({ volid: FOREIGN, storage: "local-lvm", node: guest.node, ...facts });
  return stage;
}

const isThere = ({ simulator }: Lab) => simulator.state.volumes.some(({ volid }) => volid === FOREIGN);

test.for([
  ["moved", move, { disk: "scsi1", storage: "nfs" }],
  ["moved and its source deleted", move, { disk: "scsi1", storage: "nfs", deleteSource: true }],
  ["made larger", resize, { disk: "scsi1", sizeBytes: 2 * GIB }],
  ["made a base of copies", template, {}],
] as const)("C4: 409: a disk of another guest is not %s, and the answer names it", async ([, spec, body]) => {
  const stage = await stageOf();
  const answer = await changingNothing(stage, () => stage.call({ spec }, at(body)));
  const json = { code: "disk.foreign", detail: expect.stringContaining(`${FOREIGN}, a disk of guest 9999`) };
  expect(answer).toMatchObject({ status: 409, json });
});

test("C4: 202: a disk of another guest that is unused keeps nobody from becoming a template, and stays as it is", async () => {
  const stage = await stageOf();
  const { config } = stage.simulator.state.guests["110"] ?? { config: {} };
  Reflect.deleteProperty(config, "scsi1");
  Object.assign(config, { unused0: FOREIGN });
  const answer = await stage.call({ spec: template }, at());
  expect((await carriedOut(stage, answer)).items).toMatchObject([{ state: "succeeded" }]);
  expect(isThere(stage)).toBe(true);
  expect(config).toMatchObject({ template: "1", unused0: FOREIGN });
});

test("C4: 202: a guest is deleted without the disk of another, which the plan says", async () => {
  const stage = await stageOf();
  const plan = await stage.call({ spec: remove }, { ...at(), query: { dryRun: "true" } });
  const because = expect.stringContaining(`without ${FOREIGN} of guest 9999`);
  expect(plan).toMatchObject({ status: 200, json: { items: [{ willRun: true, because }] } });
  const answer = await stage.call({ spec: remove }, { path: { cluster: "main", vmid: 110 } });
  expect((await carriedOut(stage, answer)).items).toMatchObject([{ state: "succeeded" }]);
  expect(isThere(stage)).toBe(true);
});
