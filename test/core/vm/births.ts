import { expect } from "vitest";
import type { ItemRow } from "../../../core/operation/item.ts";
import * as CreateRoute from "../../../functions/api/vms/create.ts";
import * as TemplateRoute from "../../../functions/api/vms/from-template.ts";
import type { Bench } from "../../kit/bench.ts";
import { addTemplate, OS_TEMPLATE } from "../../kit/os-template.ts";
import { Operation } from "../../kit/shape.ts";
import { checked } from "./clones.ts";

const GIB = 1024 ** 3;

/** Asks for a new VM with one disk; the id of the operation. */
export async function create(b: Bench, body: Record<string, unknown> = {}): Promise<string> {
  const disks = [{ storage: "local-lvm", sizeBytes: GIB }];
  const answer = await b.call(CreateRoute, {
    path: { cluster: "main" },
    body: { name: "born", memoryBytes: GIB, disks, ...body },
  });
  expect(answer).toMatchObject({ status: 202 });
  return Operation.parse(answer.json).id;
}

/** Asks for a new container; the id of the operation. */
export async function createContainer(b: Bench, body: Record<string, unknown> = {}): Promise<string> {
  addTemplate(b);
  const rootfs = { storage: "local-lvm", sizeBytes: GIB };
  const container = { type: "lxc", name: "born", osTemplate: OS_TEMPLATE, memoryBytes: GIB, rootfs };
  const answer = await b.call(CreateRoute, { path: { cluster: "main" }, body: { ...container, ...body } });
  expect(answer).toMatchObject({ status: 202 });
  return Operation.parse(answer.json).id;
}

/** Asks for a guest out of the fleet's template; the id of the operation. */
export async function fromTemplate(b: Bench, body: Record<string, unknown> = {}): Promise<string> {
  const answer = await b.call(TemplateRoute, {
    path: { cluster: "main" },
    body: { template: "main/9000", name: "born", ...body },
  });
  expect(answer).toMatchObject({ status: 202 });
  return Operation.parse(answer.json).id;
}

/** Lets it run to its end and holds it to what must always be so; no secret is kept any more. */
export async function ended(b: Bench, operation: string): Promise<ItemRow> {
  await b.live(operation);
  const item = await checked(b, operation);
  if (item.result) {
    const secrets = b.store.dump().filter(({ row }) => row.pk === `secret#${operation}`);
    expect(secrets).toEqual([]);
  }
  return item;
}
