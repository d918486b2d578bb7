import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { installPlatform } from "../../local/sst.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const typecheck = (project: string) =>
  promisify(execFile)(process.execPath, ["node_modules/typescript/bin/tsc", "-p", project], { cwd: ROOT });

beforeAll(() => void installPlatform());

test("the installed platform is the pinned one, and installing it again does nothing", () => {
  expect(installPlatform()).toBe("present");
});

test("sst.config.ts and infra typecheck against SST's own types", async () => {
  await expect(typecheck("infra")).resolves.toMatchObject({ stdout: "" });
});

test("a setting SST does not know is a type error", async () => {
  // Below .sst, so that no other typecheck of this repository meets it.
  const folder = await mkdtemp(path.join(ROOT, ".sst/types-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const config = {
    extends: "../../infra/tsconfig.json",
    include: ["misspelt.ts", "../platform/config.d.ts"],
  };
  await writeFile(path.join(folder, "tsconfig.json"), JSON.stringify(config));
  await writeFile(
    path.join(folder, "misspelt.ts"),
    `new sst.aws.Queue("Misspelt", { visibilityTimeOut: "1 minute" });`,
  );
  const found = await typecheck(folder).catch((error: unknown) => error);
  expect(found).toMatchObject({ stdout: expect.stringContaining("visibilityTimeOut") });
});
