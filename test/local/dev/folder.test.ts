import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ownerOf, SIMULATED } from "../../../local/dev/owner.ts";
import { clear, keep, makePrivate } from "../../../local/dev/state.ts";
import { dataFolder } from "../../kit/dev.ts";

const AB = Array.from({ length: 32 }, () => "AB").join(":");
const CD = AB.replaceAll("AB", "CD");
const REAL = ownerOf({ cluster: "https://pve.test:8006", fingerprint: AB });

test("one cluster has one owner's name, however its address and fingerprint are written", () => {
  const same = { cluster: "https://PVE.test:8006/", fingerprint: AB.replaceAll(":", "").toLowerCase() };
  expect(ownerOf(same)).toBe(REAL);
  expect(ownerOf({ cluster: "https://pve.test:8006", fingerprint: CD })).not.toBe(REAL);
  expect(ownerOf({ cluster: "https://other.test:8006", fingerprint: AB })).not.toBe(REAL);
  expect(ownerOf({ cluster: undefined, fingerprint: undefined })).toBe(SIMULATED);
});

test("a folder stays with its cluster, in both directions", async () => {
  await using real = await dataFolder();
  await using toy = await dataFolder();
  const made = keep(real.dir, REAL);
  expect(keep(real.dir, REAL)).toEqual(made);
  expect(() => keep(real.dir, SIMULATED)).toThrow(/belongs to the cluster https:\/\/pve\.test:8006/);
  keep(toy.dir, SIMULATED);
  expect(() => keep(toy.dir, REAL)).toThrow(/belongs to a simulated cluster; use another --data, or --fresh/);
});

test("a folder without a mark of its cluster is the simulator's", async () => {
  await using lost = await dataFolder();
  writeFileSync(join(lost.dir, "proxmox.json"), "{}");
  expect(() => keep(lost.dir, REAL)).toThrow(/belongs to a simulated cluster/);
});

test("--fresh removes what a kill in the middle of a write leaves, and nothing that is not ours", async () => {
  await using folder = await dataFolder();
  const ours = ["moxxie.json.new", "secrets.json.new", "sqs.jsonl.new", "scheduler.jsonl.new"];
  const more = ["proxmox.json.tmp", "dynamodb.sqlite-journal", "moxxie.log.old", "moxxie.json"];
  for (const file of [...ours, ...more, "notes.txt"]) writeFileSync(join(folder.dir, file), "x");
  clear(folder.dir);
  expect(readdirSync(folder.dir)).toEqual(["notes.txt"]);
});

test("F1: a folder of an earlier run and all that is kept in it become its owner's alone", async () => {
  await using folder = await dataFolder();
  const kept = ["moxxie.json", "secrets.json", "dynamodb.sqlite", "proxmox.json", "moxxie.log"];
  for (const file of [...kept, "notes.txt"]) {
    writeFileSync(join(folder.dir, file), "x");
    chmodSync(join(folder.dir, file), 0o644);
  }
  chmodSync(folder.dir, 0o755);
  makePrivate(folder.dir);
  const mode = (path: string) => statSync(path).mode & 0o777;
  expect(mode(folder.dir)).toBe(0o700);
  expect(kept.map((file) => mode(join(folder.dir, file)))).toEqual(kept.map(() => 0o600));
  expect(mode(join(folder.dir, "notes.txt"))).toBe(0o644);
});

test("F1: a folder into which everybody may write is refused, and stays as it was", async () => {
  await using folder = await dataFolder();
  chmodSync(folder.dir, 0o1777);
  expect(() => makePrivate(folder.dir)).toThrow(/everybody may write/);
  expect(statSync(folder.dir).mode & 0o7777).toBe(0o1777);
});
