import { mkdirSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { State } from "./state.ts";

/** Keeps the state on disk. */
export interface Journal {
  /** The state changed. */
  touch(): void;
  /** Settles when every change so far is on disk. */
  written(): Promise<void>;
}

/** A simulator without a file forgets everything with its process. */
export const forgetful: Journal = { touch: () => undefined, written: () => Promise.resolve() };

/** Reads the state back; nothing when there is no file yet. */
export function readState(file: string): State | undefined {
  try {
    return State.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** What no answer waits for, such as the end of a task, is written after so many milliseconds. */
const SOON = 250;

/** Writes whole states, each by rename, never two at once: changes that come while one is written share the next. */
export function journal(file: string, state: () => State): Journal {
  mkdirSync(dirname(file), { recursive: true });
  const changes = { made: 0, written: 0 };
  let soon: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;

  const write = async () => {
    const made = changes.made;
    await writeFile(`${file}.tmp`, JSON.stringify(state()));
    await rename(`${file}.tmp`, file);
    changes.written = made;
  };
  const next = () =>
    (writing ??= write().finally(() => {
      writing = undefined;
    }));
  const upTo = async (change: number): Promise<void> => {
    if (changes.written >= change) return;
    await next();
    await upTo(change);
  };
  return {
    touch() {
      changes.made += 1;
      soon ??= setTimeout(() => {
        soon = undefined;
        upTo(changes.made).catch(() => undefined);
      }, SOON).unref();
    },
    written: () => upTo(changes.made),
  };
}
