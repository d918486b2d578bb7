import * as fc from "fast-check";
import * as z from "zod";
import { expect, test } from "vitest";
import * as Audit from "../../../functions/api/audit/list.ts";
import * as Backup from "../../../functions/api/backups/get.ts";
import * as Backups from "../../../functions/api/backups/list.ts";
import * as Cluster from "../../../functions/api/clusters/get.ts";
import * as Clusters from "../../../functions/api/clusters/list.ts";
import * as Job from "../../../functions/api/jobs/get.ts";
import * as Jobs from "../../../functions/api/jobs/list.ts";
import * as Operation from "../../../functions/api/operations/get.ts";
import * as Items from "../../../functions/api/operations/items.ts";
import * as Operations from "../../../functions/api/operations/list.ts";
import * as Storage from "../../../functions/api/storages/get.ts";
import * as Storages from "../../../functions/api/storages/list.ts";
import * as Tags from "../../../functions/api/tags/list.ts";
import * as Tagged from "../../../functions/api/tags/vms.ts";
import * as Vm from "../../../functions/api/vms/get.ts";
import * as Vms from "../../../functions/api/vms/list.ts";
import * as Create from "../../../functions/api/vms/snapshots/create.ts";
import * as Snapshot from "../../../functions/api/vms/snapshots/get.ts";
import * as Snapshots from "../../../functions/api/vms/snapshots/list.ts";
import { placeBackup } from "../../kit/backup.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { carriedOut } from "../../kit/proof.ts";
import { made } from "./jobs/stage.ts";
import { begun } from "./operations/stage.ts";

const GUEST = { cluster: "main", vmid: 102 };

type Route = Parameters<Lab["call"]>[0];
type Request = Parameters<Lab["call"]>[1];

const List = z.looseObject({ items: z.array(z.unknown()), nextCursor: z.string().nullable() });

/** All that a list shows, page by page. */
async function walked(stage: Lab, route: Route, { query = {}, ...request }: NonNullable<Request> = {}) {
  const rows: unknown[] = [];
  let cursor: string | null = null;
  do {
    const position: Record<string, string> = cursor === null ? {} : { cursor };
    const page = { ...request, query: { ...query, limit: "2", ...position } };
    const answer = await stage.call(route, page);
    const list = List.parse(answer.json);
    rows.push(...list.items);
    cursor = list.nextCursor;
  } while (cursor !== null);
  return rows;
}

const Named = z.object({ id: z.string() });
const idsOf = (rows: readonly unknown[]) => rows.map((row) => Named.parse(row).id);

/** A lab that has something of everything. */
async function full(): Promise<Lab> {
  const stage = await lab({ mode: "off" });
  for (const name of ["one", "Two_2", "x-3"])
    await carriedOut(stage, await stage.call(Create, { path: GUEST, body: { name } }));
  await begun(stage, [103, 104]);
  for (const name of ["nightly", "Nightly 2", "日本"]) await made(stage, { name });
  return stage;
}

test("round trip: every id of jobs, operations, clusters and backups works in the path of its GET", async () => {
  const stage = await full();
  placeBackup(stage, 102, "2026-11-20T02:00:00Z");
  placeBackup(stage, 104, "2026-11-21T02:00:00Z", { storage: "local", node: "pve1" });
  const reads = [
    [Jobs, Job, "job", {}],
    [Operations, Operation, "operation", {}],
    [Clusters, Cluster, "cluster", {}],
    [Backups, Backup, "backup", { cluster: "main" }],
  ] as const;
  for (const [all, one, name, place] of reads) {
    const ids = idsOf(await walked(stage, all));
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids)
      expect(await stage.call(one, { path: { ...place, [name]: id } })).toMatchObject({
        status: 200,
        json: { id },
      });
  }
});

test("round trip: every id of guests and storages works by its parts, and so do names of snapshots and tags", async () => {
  const stage = await full();
  for (const id of idsOf(await walked(stage, Vms))) {
    const [cluster = "", vmid = ""] = id.split("/");
    expect(await stage.call(Vm, { path: { cluster, vmid } })).toMatchObject({ status: 200, json: { id } });
  }
  for (const id of idsOf(await walked(stage, Storages))) {
    const [cluster = "", ...rest] = id.split("/");
    const [storage = "", node] = rest.toReversed();
    const query: Record<string, string> = node === undefined ? {} : { node };
    const answer = await stage.call(Storage, { path: { cluster, storage }, query });
    expect(answer).toMatchObject({ status: 200, json: { id } });
  }
  const names = z
    .array(z.object({ name: z.string() }))
    .parse(await walked(stage, Snapshots, { path: GUEST }));
  expect(names).toHaveLength(3);
  for (const { name } of names)
    expect(await stage.call(Snapshot, { path: { ...GUEST, name } })).toMatchObject({
      status: 200,
      json: { name },
    });
  const tags = z.array(z.object({ tag: z.string() })).parse(await walked(stage, Tags));
  for (const { tag } of tags) expect(await walked(stage, Tagged, { path: { tag } })).not.toEqual([]);
});

// Proxmox itself finds no file by an address that holds blanks or more than ASCII.
const title = fc
  .array(fc.constantFrom("a", "..", "%2F", "?", "#", "&", "(1)", "'"), { minLength: 1 })
  .map((parts) => `x${parts.join("")}`.slice(0, 60));
const ending = fc.constantFrom("vma", "vma.zst", "vma.gz", "tar.zst", "tgz");

test("round trip: a backup's id works whatever people have called its file, as far as Proxmox finds it", async () => {
  const stage = await lab();
  await fc.assert(
    fc.asyncProperty(title, ending, async (name, format) => {
      const volid = `backup:backup/${name}.${format}`;
      stage.simulator.state.volumes = [];
      placeBackup(stage, 102, "2026-11-20T02:00:00Z", { volid, format });
      const [id = ""] = idsOf(await walked(stage, Backups));
      const answer = await stage.call(Backup, { path: { cluster: "main", backup: id } });
      expect(answer).toMatchObject({ status: 200, json: { id, volid } });
    }),
    { numRuns: 40 },
  );
});

test("round trip: the pages of a list are its whole, each row once", async () => {
  const stage = await full();
  const [operation = ""] = idsOf(await walked(stage, Operations));
  const lists = [
    [Vms, { query: { sort: "-name" } }],
    [Audit, {}],
    [Items, { path: { operation } }],
    [Tags, {}],
    [Snapshots, { path: GUEST }],
    [Storages, {}],
  ] as const;
  for (const [route, request] of lists) {
    const once = await stage.call(route, {
      ...request,
      query: { ...("query" in request ? request.query : {}), limit: "200" },
    });
    expect(await walked(stage, route, request)).toEqual(List.parse(once.json).items);
  }
});
