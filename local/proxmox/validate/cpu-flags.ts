/** Flags of 7 and 8. */
export const CPU_FLAGS =
  "pcid spec-ctrl ibpb ssbd virt-ssbd amd-ssbd amd-no-ssb pdpe1gb md-clear hv-tlbflush hv-evmcs aes".split(
    " ",
  );
/** Flags from 9 on. */
export const NEW_CPU_FLAGS =
  "aes amd-no-ssb amd-ssbd hv-evmcs hv-tlbflush ibpb md-clear nested-virt pcid pdpe1gb spec-ctrl ssbd virt-ssbd".split(
    " ",
  );

/** Says which flags a CPU may have when one of the value is not among them. */
export const cpuFlags = (words: readonly string[]) => (value: string) => {
  const flags = /(?:^|,)flags=([^,]*)/.exec(value)?.[1]?.split(";") ?? [];
  const known = flags.every((flag) => words.includes(flag.replace(/^[+-]/, "")));
  return known ? undefined : `VM-specific CPU flags must be a subset of: ${words.join(", ")}`;
};
