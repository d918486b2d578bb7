import { expect, test } from "vitest";
import type { Change } from "../../../core/db/index.ts";
import { opened, sealedAlong } from "../../../core/vm/secret.ts";
import { lab, type Lab } from "../../kit/lab.ts";

const SECRET = { cipassword: "correct horse", sshkeys: "ssh-ed25519%20AAAA" };

async function keep(stage: Lab, operation: string): Promise<Change> {
  const [change] = sealedAlong(stage.world, SECRET, 3600).alongside?.(operation) ?? [];
  if (!change) throw new Error("nothing to keep");
  await stage.world.store.write([change]);
  return change;
}

const gone = { kind: "conflict", code: "vm.secret-gone" };

test("secrets come back as they were, and the row shows nothing of them", async () => {
  const stage = await lab();
  const row = await keep(stage, "op_1");
  expect(await opened(stage.world, "op_1")).toEqual(SECRET);
  expect(JSON.stringify(row)).not.toMatch(/horse|ssh|AAAA/);
  const text = Buffer.from(JSON.stringify(row).match(/"sealed":"([^"]+)"/)?.[1] ?? "", "base64").toString(
    "latin1",
  );
  expect(text).not.toMatch(/horse|ssh/);
});

test("nothing is kept where there is no secret", async () => {
  const stage = await lab();
  expect(sealedAlong(stage.world, {})).toEqual({});
});

test("two operations of the same secret have different rows, and neither opens as the other", async () => {
  const stage = await lab();
  const [one, two] = [await keep(stage, "op_1"), await keep(stage, "op_2")];
  expect("put" in one && "put" in two && one.put["sealed"] !== two.put["sealed"]).toBe(true);
  if ("put" in one)
    await stage.world.store.write([{ table: "State", put: { ...one.put, pk: "secret#op_2" } }]);
  await expect(opened(stage.world, "op_2")).rejects.toMatchObject(gone);
});

test("a row whose time is over counts as gone, though DynamoDB has not deleted it yet", async () => {
  const stage = await lab();
  await keep(stage, "op_1");
  await stage.clock.advance((3600 + 2 * 86_400 + 1) * 1000);
  await expect(opened(stage.world, "op_1")).rejects.toMatchObject(gone);
});

test("another key opens nothing", async () => {
  const stage = await lab();
  await keep(stage, "op_1");
  const world = { ...stage.world, sealing: { key: "another" } };
  await expect(opened(world, "op_1")).rejects.toMatchObject(gone);
});

test("a row of which one byte was changed opens nothing", async () => {
  const stage = await lab();
  const change = await keep(stage, "op_1");
  const put = "put" in change ? change.put : { pk: "", sk: "" };
  const bytes = Buffer.from(String(put["sealed"]), "base64");
  bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
  await stage.world.store.write([{ table: "State", put: { ...put, sealed: bytes.toString("base64") } }]);
  await expect(opened(stage.world, "op_1")).rejects.toMatchObject(gone);
});
