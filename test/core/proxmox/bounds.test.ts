import * as fc from "fast-check";
import { expect, test } from "vitest";
import { connect } from "../../../core/cluster/index.ts";
import { isParsable } from "../../../core/proxmox/bounds.ts";
import { resources } from "../../../core/proxmox/index.ts";
import { lab } from "../../kit/lab.ts";

const PADDING = "x".repeat(70_000);
/** Long enough to be looked through. */
const long = (value: unknown) => JSON.stringify([PADDING, value]);
const nested = (depth: number) => `[${JSON.stringify(PADDING)},${"[".repeat(depth)}${"]".repeat(depth)}]`;

test("B8: whatever JSON holds is parsed, brackets and quotes in texts too", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 10 }), (value) => {
      expect(isParsable(long(value))).toBe(true);
    }),
  );
  const brackets = fc.array(fc.constantFrom("[", "{", '"', "\\", "]", "}"), { maxLength: 200 });
  fc.assert(
    fc.property(brackets, (pieces) => {
      expect(isParsable(long(pieces.join("")))).toBe(true);
    }),
  );
});

test.each([
  [31, true],
  [32, false],
  [4_000_000, false],
])("B8: %d lists in lists are parsed: %s", (depth, parsable) => {
  expect(isParsable(nested(depth))).toBe(parsable);
});

test("B8: a text after an escaped quote ends where it ends, and what follows counts", () => {
  const text = JSON.stringify(`${PADDING}\\"`);
  expect(isParsable(`[${text},${"[".repeat(40)}${"]".repeat(40)}]`)).toBe(false);
});

test("B8: more lists than any cluster has guests are not parsed, however flat", () => {
  expect(isParsable(`[${"[],".repeat(300_000)}[]]`)).toBe(false);
  expect(isParsable(`[${'{"a":1},'.repeat(100_000)}{}]`)).toBe(true);
});

test("B8: an answer of 8 MiB of nested lists is an answer that cannot be read", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { path: "/cluster/resources" }, do: "deep-body" });
  const proxmox = await connect(stage.world, "main");
  await expect(stage.clock.until(resources(proxmox))).rejects.toThrow("cannot be read");
});
