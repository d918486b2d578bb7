import type { Property } from "../facts/index.ts";

/** A property string that the schema only names. */
export interface NamedFormat {
  readonly properties: Readonly<Record<string, Property>>;
  /** What is wrong with the values together. */
  readonly conflict?: (values: Readonly<Record<string, string>>) => string | undefined;
}

const count: Property = { type: "integer", optional: true, min: 0 };
const KEEP = ["last", "hourly", "daily", "weekly", "monthly", "yearly"].map((span) => `keep-${span}`);

const pruneBackups: NamedFormat = {
  properties: {
    "keep-all": { type: "boolean", optional: true },
    ...Object.fromEntries(KEEP.map((name) => [name, count])),
  },
  conflict: (values) =>
    values["keep-all"] === "1" && KEEP.some((name) => Number(values[name] ?? 0) > 0)
      ? "keep-all cannot be set together with other options."
      : undefined,
};

const FORMATS: Readonly<Record<string, NamedFormat>> = {
  "prune-backups": pruneBackups,
  "backup-performance": {
    properties: {
      "max-workers": { type: "integer", optional: true, min: 1, max: 256 },
      "pbs-entries-max": { type: "integer", optional: true, min: 1 },
    },
  },
  "backup-fleecing": {
    properties: {
      enabled: { type: "boolean", optional: true, defaultKey: true },
      storage: { type: "string", optional: true, format: "pve-storage-id" },
    },
  },
};

/** The property string behind the name of a format, if it is one. */
export const namedFormat = (name: string): NamedFormat | undefined => FORMATS[name];
