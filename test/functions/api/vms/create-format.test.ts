import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/create.ts";
import { lab } from "../../../kit/lab.ts";
import { changingNothing } from "../../../kit/proof.ts";

const route = { spec };
const GIB = 1024 ** 3;
const DISK = { storage: "local-lvm", sizeBytes: 32 * GIB };

test.for(["lvmthin", "zfspool", "rbd"])(
  "H1: 400: a disk of a format that storage of type %s does not make is named, in a dry run too",
  async (type) => {
    const stage = await lab();
    Object.assign(stage.simulator.state.storages["local-lvm"] ?? {}, { type });
    const body = { name: "web-07", memoryBytes: 2 * GIB, disks: [DISK, { ...DISK, format: "qcow2" }] };
    const request = { path: { cluster: "main" }, body };
    for (const query of [{}, { dryRun: "true" }]) {
      const answer = await changingNothing(stage, () => stage.call(route, { ...request, query }));
      expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/disks/1/format" }] } });
    }
  },
);

test("400: a disk on a storage that is not there is told of once, whatever its format", async () => {
  const stage = await lab();
  const disks = [{ ...DISK, storage: "nowhere", format: "qcow2" }];
  const request = { path: { cluster: "main" }, body: { name: "web-07", memoryBytes: 2 * GIB, disks } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/disks/0/storage" }] } });
});
