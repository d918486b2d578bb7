import { expect, test } from "vitest";
import { obstacle } from "../../../core/backup/obstacle.ts";
import { toStorages } from "../../../core/storage/storage.ts";

const storages = (cluster: string, ...names: readonly string[]) =>
  toStorages(
    cluster,
    names.map((storage) => ({
      type: "storage" as const,
      storage,
      node: "pve1",
      status: "available",
      shared: true,
      content: storage.startsWith("images") ? "images" : "backup",
      plugintype: "dir",
    })),
  );
const all = [...storages("main", "backup", "images"), ...storages("lab", "backup-lab", "images-lab")];
const guest = (cluster: string) => ({ cluster, node: "pve1" });

test("C: a storage of another cluster takes neither the backup nor its images for fleecing, though a node is called the same", () => {
  const fleecing = { storage: "images-lab" };
  expect(obstacle(all, guest("main"), { storage: "backup" })).toBeUndefined();
  expect(obstacle(all, guest("lab"), { storage: "backup-lab", fleecing })).toBeUndefined();
  expect(obstacle(all, guest("main"), { storage: "backup-lab" })).toMatchObject({ code: "storage.missing" });
  expect(obstacle(all, guest("main"), { storage: "backup", fleecing })).toMatchObject({
    code: "storage.missing",
  });
});

test("C: a storage for images takes no backup, and one for backups no images", () => {
  expect(obstacle(all, guest("main"), { storage: "images" })).toMatchObject({ code: "storage.content" });
  const fleecing = { storage: "backup" };
  expect(obstacle(all, guest("main"), { storage: "backup", fleecing })).toMatchObject({
    code: "storage.content",
  });
});
