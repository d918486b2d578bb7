import { expect, test } from "vitest";
import { keep, newKey } from "../../../core/auth/index.ts";
import * as Audit from "../../../functions/api/audit/list.ts";
import * as Bulk from "../../../functions/api/bulk/snapshots.ts";
import * as Start from "../../../functions/api/vms/start.ts";
import { caller } from "../../kit/caller.ts";
import { QUEUES } from "../../kit/cloud.ts";
import { lab } from "../../kit/lab.ts";
import { samples } from "../../kit/sample.ts";

const PEPPER = "pfeffer-5e1a0c";

/** A lab whose pepper can be told from any other word, and all that left it in answers, rows, lines and messages. */
async function watched() {
  const stage = await lab();
  const world = { ...stage.world, settings: { ...stage.world.settings, pepper: PEPPER } };
  const bodies: string[] = [];
  const messages: string[] = [];
  const send: typeof world.queue.send = async (name, sent) => {
    messages.push(...sent.map(({ body }) => body));
    await stage.world.queue.send(name, sent);
  };
  return { stage, bodies, messages, world: { ...world, queue: { ...world.queue, send } } };
}

test("no secret is in any answer, row, log line, schedule or message, whatever goes right or wrong", async () => {
  const { stage, bodies, messages, world } = await watched();
  const key = newKey();
  await keep(world, key, { name: "watched", role: "admin" });
  const wrong = newKey();
  const { call } = caller(world, stage.clock, key);
  const all = await samples(stage);
  for (const { route, request } of all) {
    bodies.push((await call(route, { ...request, headers: { "idempotency-key": route.spec.path } })).body);
    bodies.push((await call(route, { ...request, key: wrong })).body);
  }
  await stage.run(600_000);
  stage.simulator.faults.add({
    match: { method: "POST" },
    do: "answer",
    status: 500,
    reason: "no",
    after: false,
  });
  bodies.push((await call(Bulk, { body: { select: { tags: "env-prod" } } })).body);
  stage.simulator.revokeToken(stage.simulator.token.split("=")[0] ?? "");
  bodies.push((await call(Start, { path: { cluster: "main", vmid: 114 } })).body);
  await stage.run(600_000);
  bodies.push((await call(Audit, { query: { limit: "200" } })).body);

  const token = stage.simulator.token.split("=")[1] ?? "";
  const secrets = {
    token,
    key: key.slice(17),
    wrong: wrong.slice(17),
    admin: stage.admin.slice(17),
    pepper: PEPPER,
  };
  const places = {
    answers: bodies.join("\n"),
    log: stage.lines.join("\n"),
    rows: JSON.stringify(stage.store.dump()),
    schedules: JSON.stringify(stage.schedules.list()),
    messages: messages.join("\n"),
    left: JSON.stringify([...QUEUES, "Dead"].map((queue) => stage.queues.receive(queue))),
  };
  expect(stage.lines.length).toBeGreaterThan(100);
  for (const [place, text] of Object.entries(places))
    for (const [name, secret] of Object.entries(secrets))
      expect(text.includes(secret), `the ${name} in the ${place}`).toBe(false);
});

test("a key that a caller puts into a body or a header does not reach log or audit", async () => {
  const { stage, world } = await watched();
  const { call } = caller(world, stage.clock, stage.admin);
  const leaked = newKey();
  await keep(world, leaked, { name: "x", role: "admin" });
  const body = { select: { vmids: [102] }, description: `my key is ${leaked}` };
  const answer = await call(Bulk, { body, key: leaked, headers: { "x-request-id": leaked } });
  await stage.run(600_000);
  const secret = leaked.slice(17);
  expect(stage.lines.join("\n")).not.toContain(secret);
  expect(answer.headers["x-request-id"]).not.toContain(secret);
  const rows = stage.store.dump().filter(({ table }) => table === "Audit");
  expect(JSON.stringify(rows)).not.toContain(secret);
});
