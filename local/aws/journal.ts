import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type * as z from "zod";

/** Changes on disk, one JSON line each. A change is with the kernel when `append` returns: kill -9 cannot lose it. */
export interface Journal<T> {
  append(change: T): void;
  close(): void;
}

interface Options<T> {
  readonly file: string;
  readonly schema: z.ZodType<T>;
  /** Called for each change read back, oldest first, before `openJournal` returns. */
  readonly replay: (change: T) => void;
  /** The shortest list of changes that gives the present state; the file is rewritten with it when it has grown. */
  readonly snapshot: () => T[];
}

/** Opens or creates a journal. Throws on a line it cannot read, except a last one torn by a kill in the middle of a write. */
export function openJournal<T>({ file, schema, replay, snapshot }: Options<T>): Journal<T> {
  mkdirSync(dirname(file), { recursive: true });
  for (const change of read(file, schema)) replay(change);

  let descriptor = -1;
  let room = 0;
  const compact = () => {
    const changes = snapshot();
    if (descriptor >= 0) closeSync(descriptor);
    writeFileSync(`${file}.new`, changes.map((change) => `${JSON.stringify(change)}\n`).join(""));
    renameSync(`${file}.new`, file);
    descriptor = openSync(file, "a");
    room = Math.max(2000, 4 * changes.length);
  };
  compact();

  return {
    append(change) {
      // Before the write: the snapshot does not know a change that has not been carried out yet.
      if (room <= 0) compact();
      room -= 1;
      writeSync(descriptor, `${JSON.stringify(change)}\n`);
    },
    close: () => closeSync(descriptor),
  };
}

function read<T>(file: string, schema: z.ZodType<T>): T[] {
  if (!existsSync(file)) return [];
  // A change ends with a line feed, so what stands behind the last one was never acknowledged.
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line, index) => {
    const parsed = schema.safeParse(JSON.parse(line));
    if (!parsed.success)
      throw new Error(`${file}:${index + 1} is not a change of this journal`, { cause: parsed.error });
    return parsed.data;
  });
}
