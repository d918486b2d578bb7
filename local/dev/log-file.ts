import { createWriteStream, renameSync, statSync } from "node:fs";

const MOST_BYTES = 20 * 1024 * 1024;

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Keeps every line in a file; warnings and errors are shown in the terminal too. A file grown large is set aside at the start. */
export function logFile(file: string): (line: string) => void {
  if (sizeOf(file) > MOST_BYTES) renameSync(file, `${file}.old`);
  const stream = createWriteStream(file, { flags: "a", mode: 0o600 });
  return (line) => {
    stream.write(`${line}\n`);
    if (/"level":"(?:warn|error)"/.test(line) || !line.startsWith("{")) console.error(line);
  };
}
