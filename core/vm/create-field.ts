import * as z from "zod";
import type { Options } from "../proxmox/index.ts";

export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;
/** 256 TiB. */
const MOST_BYTES = 2 ** 48;

/** Bytes of memory or disk; Proxmox itself counts in whole mebibytes. */
export const Bytes = (least: number) =>
  z.number().int().min(least).max(MOST_BYTES).multipleOf(MIB, "must be whole mebibytes (1048576 bytes)");

/** A tag as Proxmox takes it; its case is that of the cluster's own rule. */
const Tag = z
  .string()
  .max(124)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_+.-]*$/, "must be a tag such as env-prod");
export const Tags = z.array(Tag).max(100).default([]);

/** A volume of a storage. Paths of the host are not to be had through its API. */
export const Volume = z
  .string()
  .max(255)
  .regex(/^[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]:[^\s,:]+$/, "must be a volume such as local:iso/debian.iso");

/** An image of a CD-ROM; any other volume may be the disk of another guest. */
export const Iso = Volume.regex(/^[^:]+:iso\//, "must be an ISO image such as local:iso/debian.iso");

/** Tags as Proxmox writes them, each once. */
export const tagList = (tags: readonly string[]) => [...new Set(tags)].toSorted().join(";");

/** `key=value` parts; those that are left out are not written. */
export const parts = (values: Readonly<Record<string, string | number | boolean | undefined>>) =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === "boolean" ? Number(value) : String(value)}`);

/** Options without those that are left out. */
export const present = (options: Readonly<Record<string, Options[string] | undefined>>): Options =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
