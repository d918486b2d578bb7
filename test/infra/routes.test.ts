import { expect, test } from "vitest";
import { routesOf } from "../../infra/routes.ts";

const read = { "x-file": "functions/api/vms/list", "x-effect": "read", "x-needs": ["proxmox"] };
const withOperation = (operation: object) => ({ paths: { "/v1/vms": { get: operation } } });

test("a route is what its operation says, and nothing else of the document matters", () => {
  const document = {
    openapi: "3.1.0",
    paths: { "/v1/vms/{vmid}": { parameters: [], delete: { summary: "Delete a VM", ...read } } },
  };
  expect(routesOf(document)).toEqual([
    { key: "DELETE /v1/vms/{vmid}", file: "functions/api/vms/list", effect: "read", needs: ["proxmox"] },
  ]);
});

test.for(["x-file", "x-effect", "x-needs"])(
  "an operation without %s does not deploy: no right is guessed",
  (key) => {
    const rest = Object.fromEntries(Object.entries(read).filter(([name]) => name !== key));
    expect(() => routesOf(withOperation(rest))).toThrow("GET /v1/vms lacks x-file, x-effect or x-needs");
  },
);

test("an effect that is not known does not deploy", () => {
  expect(() => routesOf(withOperation({ ...read, "x-effect": "reads" }))).toThrow("lacks");
});

test("a need that is not known, or is said twice, does not deploy", () => {
  for (const needs of [["promox"], ["queue", "queue"]]) {
    expect(() => routesOf(withOperation({ ...read, "x-needs": needs }))).toThrow("unknown or repeated need");
  }
});

test("a document without paths has no routes", () => {
  expect([routesOf({}), routesOf(null), routesOf({ paths: {} })]).toEqual([[], [], []]);
});
