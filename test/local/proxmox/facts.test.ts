import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { factsOf, VERSIONS } from "../../../local/proxmox/facts/index.ts";
import { HANDLERS } from "../../../local/proxmox/handlers/index.ts";

const fileOf = (version: string) =>
  readFileSync(new URL(`../../../local/proxmox/facts/${version}.json`, import.meta.url), "utf8");

test("the facts of every version are small, one endpoint a line, and carry no prose", () => {
  for (const version of VERSIONS) {
    const text = fileOf(version);
    expect(text.length).toBeLessThan(400_000);
    expect(text).not.toContain('"description":{"description"');
    expect(text.split("\n").length).toBeGreaterThan(factsOf(version).endpoints.length);
  }
});

test("the versions differ as Proxmox's own schema does", () => {
  const counts = VERSIONS.map((version) => factsOf(version).endpoints.length);
  expect(counts).toEqual([540, 605, 675]);
  const resize = (version: (typeof VERSIONS)[number]) =>
    factsOf(version).endpoints.find(
      ({ method, path }) => method === "PUT" && path.endsWith("/qemu/{vmid}/resize"),
    );
  expect([resize("7.4")?.async, resize("8.4")?.async]).toEqual([undefined, "upid"]);
});

test("every handler answers a call that some version has", () => {
  const known = new Set(
    VERSIONS.flatMap((version) => factsOf(version).endpoints.map(({ method, path }) => `${method} ${path}`)),
  );
  expect(Object.keys(HANDLERS).filter((name) => !known.has(name))).toEqual([]);
});
