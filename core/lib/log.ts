import { redact } from "./redact.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One line of JSON for each event. Credentials are taken out of every field. */
export interface Log {
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
  /** A log that adds these fields to each line. */
  with(fields: Fields): Log;
}

/** A log that writes to `print`, one line an event. */
export function jsonLog(print: (line: string) => void, now: () => Date, always: Fields = {}): Log {
  const write =
    (level: string) =>
    (event: string, fields: Fields = {}) => {
      const line = { at: now().toISOString(), level, event, ...always, ...fields };
      print(JSON.stringify(redact(line)));
    };
  return {
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    with: (fields) => jsonLog(print, now, { ...always, ...fields }),
  };
}
