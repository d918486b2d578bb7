import { expect, test } from "vitest";
import * as z from "zod";
import { spec } from "../../../../functions/api/operations/events.ts";
import { caller } from "../../../kit/caller.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { begun } from "./stage.ts";

const route = { spec };
const at = (operation: string) => ({ path: { operation } });

interface Told {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Record<string, unknown>;
}

const Data = z.record(z.string(), z.unknown());
const field = (block: string, name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];

/** Reads an answer as a browser does: blocks parted by empty lines, of which only those with data are events. */
function read(body: string): Told[] {
  const blocks = body.split("\n\n").filter((block) => field(block, "data") !== undefined);
  return blocks.map((block) => ({
    event: field(block, "event") ?? "message",
    id: field(block, "id"),
    data: Data.parse(JSON.parse(field(block, "data") ?? "")),
  }));
}

/** A caller whose waits let the workers go on. */
function patient(stage: Lab) {
  const sleep = (milliseconds: number) => stage.run(milliseconds);
  const busy = { ...stage.world, clock: { ...stage.world.clock, sleep } };
  return caller(busy, { ...stage.clock, until: (promise) => promise }, stage.admin);
}

/** Comes again and again, with the id of the last event, until it is told to stay away. */
async function listen(stage: Lab, id: string, most = 200) {
  const { call } = patient(stage);
  const told: Told[] = [];
  let last: string | undefined;
  for (let calls = 1; calls <= most; calls++) {
    const headers = last === undefined ? {} : { "last-event-id": last };
    const answer = await call(route, { ...at(id), headers });
    if (answer.status === 204) return { told, calls };
    const events = read(answer.body);
    told.push(...events);
    last = events.findLast((event) => event.id !== undefined)?.id ?? last;
    await stage.run(1000);
  }
  throw new Error("it never ended");
}

test("200: a listener hears of every item once, of progress, and of the end, whenever it comes again", async () => {
  const stage = await lab({ guests: 120, speed: 0.3 });
  const vmids = Object.values(stage.simulator.state.guests).map(({ vmid }) => vmid);
  const { id } = await begun(stage, [...vmids, 99_999]);
  const { told, calls } = await listen(stage, id);
  const items = told.filter(({ event }) => event === "item").map(({ data }) => String(data["id"]));
  expect(items).toHaveLength(new Set(items).size);
  const end = told.at(-1);
  expect(end).toMatchObject({ event: "end", data: { id, state: expect.any(String) } });
  expect(z.object({ total: z.number() }).parse(end?.data["progress"]).total).toBe(items.length);
  expect(told.filter(({ event }) => event === "end")).toHaveLength(1);
  expect(told.filter(({ event }) => event === "progress").length).toBeGreaterThan(3);
  expect(calls).toBeLessThan(100);
});

test("200: one that comes late hears all that has happened, page by page", async () => {
  const stage = await lab({ guests: 600 });
  const vmids = Object.values(stage.simulator.state.guests).map(({ vmid }) => vmid);
  const { id, progress } = await begun(stage, vmids);
  await stage.settle(id);
  const first = read((await stage.call(route, at(id))).body);
  expect(first.filter(({ event }) => event === "item")).toHaveLength(200);
  const { told } = await listen(stage, id, 10);
  expect(told.filter(({ event }) => event === "item")).toHaveLength(progress["total"] ?? 0);
});

test("200: with nothing new the answer is held for 20 s and then says nothing", async () => {
  const stage = await lab();
  const { id } = await begun(stage);
  const [first] = read((await stage.call(route, at(id))).body);
  const started = stage.clock.now().getTime();
  const answer = await stage.call(route, { ...at(id), query: { lastEventId: first?.id ?? "" } });
  expect(stage.clock.now().getTime() - started).toBe(20_000);
  expect(answer.body).toBe("retry: 1000\n\n: nothing new\n\n");
});

test("200: it is a stream of events for clients and proxies alike", async () => {
  const stage = await lab();
  const { id } = await begun(stage);
  const answer = await stage.call(route, at(id));
  expect(answer).toMatchObject({ status: 200, headers: { "content-type": "text/event-stream" } });
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(answer.body).toMatch(/^retry: \d+\n\nevent: progress\nid: \S+\ndata: \{.*\}\n\n$/);
});

test("204: after the end a client is told to stay away", async () => {
  const stage = await lab();
  const { id } = await begun(stage);
  await stage.settle(id);
  const end = read((await stage.call(route, at(id))).body).at(-1);
  expect(end?.event).toBe("end");
  const answer = await stage.call(route, { ...at(id), headers: { "last-event-id": end?.id ?? "" } });
  expect(answer).toMatchObject({ status: 204, body: "" });
});

test("200: the header of a client that comes again wins over the query with which it began", async () => {
  const stage = await lab();
  const { id } = await begun(stage);
  const [first] = read((await stage.call(route, at(id))).body);
  await stage.settle(id);
  const request = { ...at(id), query: { lastEventId: first?.id ?? "" } };
  const answer = await stage.call(route, { ...request, headers: { "last-event-id": "over" } });
  expect(answer.status).toBe(204);
});

test("400: an id that is none of ours; 403: no key's role; 404: an unknown operation; nothing happens", async () => {
  const stage = await lab();
  const { id } = await begun(stage);
  for (const lastEventId of ["7", "1.2.3:9-1", "1.2.3:1,1", "x".repeat(9000)]) {
    const answer = await stage.call(route, { ...at(id), query: { lastEventId } });
    expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/lastEventId" }] } });
  }
  const unknown = await stage.call(route, at(`op_${"0".repeat(26)}`));
  expect(unknown).toMatchObject({ status: 404, json: { code: "operation.missing" } });
  const before = stage.simulator.counters();
  expect((await stage.call(route, { ...at(id), key: null })).status).toBe(401);
  expect(stage.simulator.counters()).toEqual(before);
});
