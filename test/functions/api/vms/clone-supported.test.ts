import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/clone.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { carriedOut, changingNothing } from "../../../kit/proof.ts";
import { Plan } from "../../../kit/shape.ts";

const route = { spec };
const at = (vmid: number, body: object = {}) => ({ path: { cluster: "main", vmid }, body });

/** A stage whose local storage is of this type, and on which guest 110 has a snapshot. */
async function onType(type: string): Promise<Lab> {
  const stage = await lab({ mode: "off" });
  Object.assign(stage.simulator.state.storages["local-lvm"] ?? {}, { type });
  const guest = stage.simulator.state.guests["110"];
  if (guest) guest.snapshots["s1"] = { config: { ...guest.config }, snaptime: 1, description: "" };
  return stage;
}

const OF_SNAPSHOT = { snapshot: "s1", full: true };

test.for([
  ["a linked clone of a template on LVM", "lvm", 9000, {}],
  ["a full clone of a snapshot on ZFS", "zfspool", 110, OF_SNAPSHOT],
  ["a full clone of a snapshot on LVM", "lvm", 110, OF_SNAPSHOT],
] as const)("C: 409: %s is refused as Proxmox would, in a dry run too", async ([, type, vmid, body]) => {
  const stage = await onType(type);
  const dry = await changingNothing(stage, () =>
    stage.call(route, { ...at(vmid, body), query: { dryRun: "true" } }),
  );
  expect(Plan.parse(dry.json).items).toMatchObject([{ willRun: false, code: "clone.unsupported" }]);
  const answer = await changingNothing(stage, () => stage.call(route, at(vmid, body)));
  expect(answer).toMatchObject({ status: 409, json: { code: "clone.unsupported" } });
});

test.for([
  ["a linked clone of a template on ZFS", "zfspool", 9000, {}],
  ["a full clone of a template on LVM", "lvm", 9000, { full: true }],
  ["a full clone of a guest with a snapshot on ZFS", "zfspool", 110, { full: true }],
  ["a full clone of a snapshot on LVM-thin", "lvmthin", 110, OF_SNAPSHOT],
] as const)("C: 202: %s is made", async ([, type, vmid, body]) => {
  const stage = await onType(type);
  const { items } = await carriedOut(stage, await stage.call(route, at(vmid, body)));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});
