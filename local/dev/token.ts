import { readFileSync, statSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

const OTHERS_READ = 0o077;

/** The text of a file that only its owner may read; throws in one sentence where that is not so. */
export function tokenFrom(file: string): string {
  const mode = process.platform === "win32" ? 0 : statSync(file).mode;
  if (mode & OTHERS_READ) throw new Error(`--token-file: others may read ${file}; chmod 600 it first`);
  return readFileSync(file, "utf8").trim();
}

/** Asks for the token in the terminal, without showing what is typed. */
export async function askToken(): Promise<string> {
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  process.stderr.write("API token of the cluster (user@realm!id=secret): ");
  try {
    return (await terminal.question("")).trim();
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}
