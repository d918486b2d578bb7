import { expect } from "vitest";
import * as z from "zod";
import { spec } from "../../../../functions/api/vms/console.ts";
import { QUEUES } from "../../../kit/cloud.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { auditOf } from "../../../kit/proof.ts";

export const route = { spec };
/** A VM of ours and a foreign container, both running. */
export const VM = 102;
export const CONTAINER = 201;
export const at = (vmid: number, body: object) => ({ path: { cluster: "main", vmid }, body });
export const PATH = "POST /nodes/{node}/qemu/{vmid}";

/** An answer as it is promised; a field beyond these makes a test fail. */
const Answer = z.strictObject({
  kind: z.enum(["vnc", "spice", "terminal"]),
  vm: z.strictObject({ id: z.string(), name: z.string(), type: z.enum(["qemu", "lxc"]) }),
  node: z.string(),
  host: z.string(),
  port: z.number().int(),
  user: z.string().nullable(),
  ticket: z.string().nullable(),
  password: z.string().nullable(),
  certificate: z.string().nullable(),
  websocketUrl: z.string().nullable(),
  viewerFile: z.string().nullable(),
  expiresAt: z.iso.datetime(),
  upid: z.string().nullable(),
});

/** A lab whose VM has a display that speaks SPICE, and a serial port. */
export async function furnished(options: Parameters<typeof lab>[0] = {}) {
  const stage = await lab(options);
  Object.assign(stage.simulator.state.guests[VM]?.config ?? {}, { vga: "qxl", serial0: "socket" });
  return stage;
}

/** Every place where something of a call is kept or written, but its answer. */
export const kept = ({ store, lines, queues, schedules }: Lab) =>
  [
    JSON.stringify(store.dump()),
    lines.join("\n"),
    JSON.stringify(schedules.list()),
    JSON.stringify([...QUEUES, "Dead"].map((queue) => queues.receive(queue))),
  ].join("\n");

/** What the audit log tells of one guest, by what came of it. */
export async function told(stage: Lab, target: string) {
  const rows = await auditOf(stage, { target });
  return rows.toSorted((a, b) => a.outcome.localeCompare(b.outcome));
}

/** Opens a console that must open, and holds that its secrets are in the answer alone. */
export async function opened(
  stage: Lab,
  request: ReturnType<typeof at> & { headers?: Record<string, string> },
) {
  const before = stage.clock.now().getTime();
  const answer = await stage.call(route, request);
  expect(answer.status).toBe(201);
  expect(answer.headers).toMatchObject({ "cache-control": "no-store" });
  const console = Answer.parse(answer.json);
  const places = kept(stage);
  const secrets = [console.ticket, console.password, console.ticket?.split("::")[1]];
  for (const secret of secrets) {
    if (secret === null || secret === undefined) continue;
    expect(places).not.toContain(secret);
    expect(places).not.toContain(encodeURIComponent(secret));
  }
  expect(answer.body).not.toContain(stage.simulator.token.split("=")[1]);
  return { ...console, seconds: (Date.parse(console.expiresAt) - before) / 1000 };
}
