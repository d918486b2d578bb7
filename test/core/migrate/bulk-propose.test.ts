import { expect, test } from "vitest";
import { toGuest } from "../../../core/inventory/guest.ts";
import { BulkInput } from "../../../core/migrate/bulk-input.ts";
import { propose } from "../../../core/migrate/bulk-propose.ts";

const guest = toGuest("lab", {
  id: "qemu/101",
  type: "qemu",
  vmid: 101,
  node: "pve1",
  status: "stopped",
  template: false,
});
const node = (name: string, ...storages: readonly string[]) => ({
  name,
  online: true,
  maintenance: false,
  cpus: 8,
  memoryBytes: 2 ** 35,
  usedBytes: 0,
  promisedBytes: 0,
  guests: 0,
  storages: storages.map((storage) => {
    return { storage, type: "dir", content: ["images"], active: true, shared: false, freeBytes: 2 ** 40 };
  }),
});
const nodes = [node("pve1", "local"), node("pve2", "local")];
const known = { nodes, choices: new Map(), guests: new Map() };
const wanted = (targetStorage: string) =>
  BulkInput.parse({ select: { vmids: [101] }, target: "pve2", targetStorage });

test("C: a guest whose cluster lacks the storage that another one has stays, and its plan says why", () => {
  expect(propose(guest, known, wanted("local"))).toMatchObject({ run: true });
  expect(propose(guest, known, wanted("nfs"))).toMatchObject({
    run: false,
    code: "storage.missing",
    because: expect.stringContaining("nfs"),
  });
});
