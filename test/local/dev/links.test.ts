import { expect, test } from "vitest";
import { as, guardedLinks } from "../../../local/dev/links.ts";

const LINKS = guardedLinks(
  JSON.stringify({
    App: { stage: "local" },
    State: { name: "State" },
    KeyPepper: { value: "pepper" },
    SealingKey: { value: "sealing" },
  }),
);

/** What a function reads of a link, or the refusal. */
const read = (file: string, link: string, property = "value") =>
  as(file, async () => Reflect.get(LINKS[link] ?? {}, property)).catch((error: unknown) => String(error));

test("F3: on a laptop too a function reads its own links and no others", async () => {
  expect(await read("functions/api/vms/create", "KeyPepper")).toBe("pepper");
  expect(await read("functions/api/vms/create", "SealingKey")).toBe("sealing");
  expect(await read("functions/worker/item", "SealingKey")).toBe("sealing");
  expect(await read("functions/cron/reconcile", "KeyPepper")).toBe("pepper");
  const denied = [
    ["functions/worker/item", "KeyPepper"],
    ["functions/worker/follow", "SealingKey"],
    ["functions/api/vms/list", "SealingKey"],
    ["functions/api/health", "KeyPepper"],
    ["functions/nowhere", "KeyPepper"],
  ] as const;
  for (const [file, link] of denied)
    expect(await read(file, link)).toBe(`Error: "${link}" is not linked to ${file} in infra`);
  expect(await read("functions/api/health", "State", "name")).toMatch(/not linked/);
  expect(await read("functions/api/health", "App", "stage")).toBe("local");
});

test("F3: what no function reads has no link at all", () => {
  expect(() => Reflect.get(LINKS["KeyPepper"] ?? {}, "value")).toThrow(/is not linked/);
});
