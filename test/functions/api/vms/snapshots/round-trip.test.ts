import * as fc from "fast-check";
import * as z from "zod";
import { expect, test } from "vitest";
import * as Create from "../../../../../functions/api/vms/snapshots/create.ts";
import * as Get from "../../../../../functions/api/vms/snapshots/get.ts";
import * as Update from "../../../../../functions/api/vms/snapshots/update.ts";
import { lab, type Lab } from "../../../../kit/lab.ts";
import { carriedOut, changingNothing } from "../../../../kit/proof.ts";
import { Plan } from "../../../../kit/shape.ts";

const VM = 101;
const path = { cluster: "main", vmid: VM, name: "one" };

const Shown = z
  .object({ description: z.string(), expiresAt: z.string().nullable(), pin: z.unknown() })
  .required();

async function withSnapshot(): Promise<Lab> {
  const stage = await lab({ mode: "off" });
  const at = { cluster: "main", vmid: VM };
  await carriedOut(stage, await stage.call(Create, { path: at, body: { name: "one" } }));
  stage.simulator.resetCounters();
  return stage;
}

const snapshotOf = (stage: Lab) => stage.simulator.state.guests[VM]?.snapshots["one"];
const say = (stage: Lab, description: string) => Object.assign(snapshotOf(stage) ?? {}, { description });
const shown = async (stage: Lab) => Shown.parse((await stage.call(Get, { path })).json);
const write = (stage: Lab, body: unknown, query = {}) => stage.call(Update, { path, body, query });

const words = fc
  .array(
    fc.constantFrom(
      "a",
      " ",
      "\n",
      "\t",
      "ü",
      "#",
      "日本",
      "(TTL: 4h)",
      "(TTL: 0h)",
      "pin=always",
      "x".repeat(4000),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));
const time = fc.constantFrom(
  "2026-12-24T00:00:00.000Z",
  "2026-12-24T00:00:00Z",
  "2026-11-23T12:00:01Z",
  "2020-01-01T00:00:00Z",
  "2099-01-01T00:00:00Z",
  "2026-13-77T00:00:00Z",
);
const reason = fc.constantFrom("", "audit", "legal hold, 50 %", "zwei\nZeilen", "y".repeat(600));
const pin = fc
  .tuple(fc.oneof(fc.constant("always"), time), fc.option(reason))
  .map(([until, text]) => `pin=${until}${text === null ? "" : ` reason=${encodeURIComponent(text)}`}`);
const facts = fc
  .tuple(
    fc.constantFrom("", "moxxie=op_01JD0000000000000000000000/0"),
    fc.oneof(
      fc.constant(""),
      time.map((at) => `expires=${at}`),
    ),
    fc.oneof(fc.constant(""), pin),
  )
  .map((parts) => parts.filter(Boolean).join(" "));
const description = fc
  .tuple(words, facts, fc.constantFrom("", "\n", "\n\n"))
  .map(([text, line, end]) => [text, line].filter(Boolean).join("\n") + end);

test("D7: what a snapshot shows of itself is taken back, and nothing changes", async () => {
  const stage = await withSnapshot();
  await fc.assert(
    fc.asyncProperty(description, async (text) => {
      say(stage, text);
      const all = await shown(stage);
      for (const body of [all, { ...all, description: `${all.description}\n` }, { pin: all.pin }]) {
        const answer = await write(stage, body, { dryRun: "true" });
        expect(Plan.parse(answer.json)).toMatchObject({
          items: [{ willRun: false, code: "snapshot.unchanged" }],
        });
      }
    }),
    { numRuns: 100 },
  );
});

test("D7: what is shown and written back for good is 409, and Proxmox is not written to", async () => {
  const stage = await withSnapshot();
  say(stage, "nightly (TTL: 0h)\npin=always");
  const body = await shown(stage);
  expect(body).toEqual({
    description: "nightly (TTL: 0h)",
    expiresAt: null,
    pin: { reason: "", until: null },
  });
  const answer = await changingNothing(stage, () => write(stage, body));
  expect(answer).toMatchObject({ status: 409, json: { code: "snapshot.unchanged" } });
});

test("D7: one field that is changed is the only one that changes, whatever else is sent back with it", async () => {
  const stage = await withSnapshot();
  const until = "2026-11-23T12:00:01.000Z";
  say(stage, `nightly (TTL: 4h)\nexpires=2026-12-24T00:00:00Z pin=${until} reason=audit`);
  await stage.clock.advance(3_600_000);
  await carriedOut(stage, await write(stage, { ...(await shown(stage)), description: "weekly" }));
  const expected = { expiresAt: "2026-12-24T00:00:00.000Z", pin: { reason: "audit", until } };
  expect(await shown(stage)).toEqual({ description: "weekly", ...expected });
  await carriedOut(stage, await write(stage, { ...(await shown(stage)), pin: null }));
  expect(await shown(stage)).toEqual({ description: "weekly", ...expected, pin: null });
});

test("D7: expiresAt is taken as it is shown: an instant in any zone, and null takes it away for good", async () => {
  const stage = await withSnapshot();
  say(stage, "nightly (TTL: 4h)");
  await carriedOut(stage, await write(stage, { expiresAt: "2026-12-24T02:00:00+02:00" }));
  expect(await shown(stage)).toMatchObject({ expiresAt: "2026-12-24T00:00:00.000Z" });
  const same = await changingNothing({ ...stage, simulator: stage.simulator }, async () => {
    stage.simulator.resetCounters();
    return write(stage, { expiresAt: "2026-12-24T01:00:00+01:00" });
  });
  expect(same).toMatchObject({ status: 409, json: { code: "snapshot.unchanged" } });
  await carriedOut(stage, await write(stage, { expiresAt: null }));
  expect(await shown(stage)).toMatchObject({ description: "nightly", expiresAt: null });
});
