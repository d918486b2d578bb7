import {
  chmodSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { newKey } from "../../core/auth/index.ts";
import { secretText } from "../../core/lib/id.ts";
import { SIMULATED } from "./owner.ts";

const Kept = z.object({
  apiKey: z.string(),
  pepper: z.string(),
  sealingKey: z.string(),
  belongsTo: z.string(),
});

/** What is made at the first start and stays the same afterwards. */
export type Kept = z.infer<typeof Kept>;

const MARK = "moxxie.json";
const SIMULATOR = "proxmox.json";
const DATABASE = "dynamodb.sqlite";
const JOURNALS = ["sqs.jsonl", "scheduler.jsonl"];
const SECRET = [MARK, "dev.json", "secrets.json", "certificate.json"];

/** Everything that a run writes, with what a kill in the middle of a write leaves. */
const PIECES = [
  ...[...SECRET, ...JOURNALS].flatMap((file) => [file, `${file}.new`]),
  ...["", "-wal", "-shm", "-journal"].map((end) => DATABASE + end),
  SIMULATOR,
  `${SIMULATOR}.tmp`,
  "moxxie.log",
  "moxxie.log.old",
];

/** Writes a file as a whole, readable by its owner only. */
export function writePrivate(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}

const OTHERS_WRITE = 0o002;

/** Makes the folder, and what an earlier run kept there, its owner's alone; throws where everybody may write. */
export function makePrivate(dir: string): void {
  if (statSync(dir).mode & OTHERS_WRITE)
    throw new Error(`everybody may write into ${dir}; choose a folder of your own with --data`);
  chmodSync(dir, 0o700);
  for (const file of readdirSync(dir)) if (PIECES.includes(file)) chmodSync(join(dir, file), 0o600);
}

/** Removes what an earlier run kept, and nothing else that may lie in the folder. */
export function clear(dir: string): void {
  for (const piece of PIECES) rmSync(join(dir, piece), { force: true });
}

/**
 * The admin key, the pepper and the sealing key of this folder, made at the first start. A folder stays with its cluster: jobs
 * that were made to play with must never act on another one.
 */
export function keep(dir: string, belongsTo: string): Kept {
  const file = join(dir, MARK);
  const kept = existsSync(file) ? Kept.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
  // A mark that got lost makes no difference: the toy cluster is still there.
  const owner = kept?.belongsTo ?? (existsSync(join(dir, SIMULATOR)) ? SIMULATED : belongsTo);
  if (owner !== belongsTo)
    throw new Error(`${dir} belongs to ${owner}; use another --data, or --fresh to start empty`);
  const made = kept ?? { apiKey: newKey(), pepper: secretText(32), sealingKey: secretText(32), belongsTo };
  writePrivate(file, made);
  return made;
}
