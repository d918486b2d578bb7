import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { newKey } from "../../core/auth/index.ts";
import { secretText } from "../../core/lib/id.ts";

const Kept = z.object({ apiKey: z.string(), pepper: z.string() });

/** What is made at the first start and stays the same afterwards. */
export type Kept = z.infer<typeof Kept>;

const MARK = "moxxie.json";
const PIECES = [
  MARK,
  "dev.json",
  "lock",
  "dynamodb.sqlite",
  "dynamodb.sqlite-wal",
  "dynamodb.sqlite-shm",
  "sqs.jsonl",
];
const MORE = ["scheduler.jsonl", "proxmox.json", "certificate.json", "secrets.json"];

/** Writes a file as a whole, readable by its owner only. */
export function writePrivate(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** One server a folder: two would write over each other. A lock whose process is gone is taken over. */
export function lock(dir: string): void {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, "lock");
  const other = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  if (other > 0 && other !== process.pid && alive(other)) {
    throw new Error(`process ${other} uses ${dir} already; stop it, or choose another folder with --data`);
  }
  writeFileSync(file, String(process.pid));
  process.once("exit", () => rmSync(file, { force: true }));
}

/** Removes what an earlier run kept, and nothing else that may lie in the folder. */
export function clear(dir: string): void {
  for (const piece of [...PIECES, ...MORE])
    if (piece !== "lock") rmSync(join(dir, piece), { force: true, recursive: true });
}

/** The admin key and the pepper of this folder, made at the first start. */
export function keep(dir: string): Kept {
  const file = join(dir, MARK);
  if (existsSync(file)) return Kept.parse(JSON.parse(readFileSync(file, "utf8")));
  const made = { apiKey: newKey(), pepper: secretText(32) };
  writePrivate(file, made);
  return made;
}
