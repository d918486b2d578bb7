/** What a function of 256 MB gives V8 and malloc; without limits both grow long before anything is collected. */
export const SMALL = {
  flags: ["--max-semi-space-size=2", "--max-old-space-size=128"],
  environment: { MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: "65536" },
} as const;
