import { supportsFormat } from "../disk/index.ts";
import type { FieldError } from "../lib/fault.ts";
import type { Node } from "../placement/index.ts";
import type { CreateInput } from "./create-kind.ts";

/** Disks of a format that the storage which they name makes nowhere. */
export function unsupportedFormats(input: CreateInput, found: readonly Node[]): FieldError[] {
  const all = found.flatMap(({ storages }) => storages);
  return (input.type === "qemu" ? input.disks : []).flatMap(({ storage, format }, at) => {
    const named = all.filter((one) => one.storage === storage);
    if (format === undefined || named.length === 0 || named.some(({ type }) => supportsFormat(type, format)))
      return [];
    const detail = `cannot be ${format} on storage ${storage}, which is of type ${named[0]?.type ?? ""} and makes raw disks`;
    return [{ pointer: `/disks/${at}/format`, code: "invalid", detail }];
  });
}
