import { expect, test } from "vitest";
import { rows, simulation } from "./lab.ts";

test("a pool is made once, takes members once, and goes only when it is empty", async () => {
  const { get, post, put, remove } = simulation();
  expect((await post("/pools", { poolid: "prod", comment: "p" })).status).toBe(200);
  expect((await post("/pools", { poolid: "prod" })).reason).toBe(
    "create pool failed: pool 'prod' already exists",
  );
  expect((await put("/pools/prod", { vms: "105" })).status).toBe(200);
  expect((await put("/pools/prod", { vms: "105" })).reason).toBe(
    "update pools failed: VM 105 is already a pool member",
  );
  expect((await put("/pools/prod", { vms: "101" })).reason).toBe(
    "update pools failed: VM 101 belongs already to pool 'acme' and 'allow-move' is not set",
  );
  expect((await get("/pools/prod")).json.data).toMatchObject({ poolid: "prod", members: [{ vmid: 105 }] });
  expect((await remove("/pools/prod")).reason).toBe(
    "delete pool failed: pool 'prod' is not empty (contains VM 105)",
  );
  await put("/pools/prod", { vms: "105", delete: 1 });
  expect((await remove("/pools/prod")).status).toBe(200);
  expect((await get("/pools/prod")).reason).toBe("pool 'prod' does not exist");
});

test("a token of root with a name that makes no path gets a 403 before the 400", async () => {
  const { post } = simulation();
  expect((await post("/pools", { poolid: "bad pool" })).reason).toBe(
    "Permission check failed (, Pool.Allocate)",
  );
});

test("unknown guests are accepted as members and do not show", async () => {
  const { get, post, put } = simulation();
  await post("/pools", { poolid: "odd" });
  expect((await put("/pools/odd", { vms: "999" })).status).toBe(200);
  expect(rows(await get("/pools", { poolid: "odd" }))).toMatchObject([{ poolid: "odd", members: [] }]);
});
