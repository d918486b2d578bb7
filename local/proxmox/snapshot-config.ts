import type { Config } from "./state.ts";

/** What a snapshot does not carry: notes and unused disks belong to the guest itself. */
export const isOwnOption = (option: string) => option === "description" || /^unused\d+$/.test(option);

/** The options that are wanted. */
export const partOf = (config: Config, wanted: (option: string) => boolean): Config =>
  Object.fromEntries(Object.entries(config).filter(([option]) => wanted(option)));
