import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const major = Number(process.versions.node.split(".")[0]);
if (major < 24) throw new Error(`Tests need Node 24; this is ${process.version}. Run them with npm test.`);

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "threads",
    isolate: false,
    // Files share nothing, so they run side by side where there are cores.
    maxWorkers: availableParallelism(),
    // Only what hangs is cut off: a busy machine may be many times slower.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    env: { TZ: "UTC" },
  },
});
