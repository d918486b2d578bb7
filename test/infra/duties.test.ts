import { expect, test } from "vitest";
import { CRONS, linksOf, routeDuty, WORKERS, type Duty } from "../../infra/duties.ts";
import * as Expire from "../../functions/cron/expire.ts";
import * as Inventory from "../../functions/cron/inventory.ts";
import * as Reconcile from "../../functions/cron/reconcile.ts";
import * as Sweep from "../../functions/cron/sweep.ts";
import * as Expand from "../../functions/worker/expand.ts";
import * as Fire from "../../functions/worker/fire.ts";
import * as Follow from "../../functions/worker/follow.ts";
import * as Listing from "../../functions/worker/inventory.ts";
import * as Item from "../../functions/worker/item.ts";
import type { WorldMaker } from "../../functions/http/mount.ts";
import { smallWorld } from "../core/world.ts";

/** A maker of worlds that notes what a function says it needs. */
function noting() {
  const said: string[][] = [];
  const make: WorldMaker = (needs) => {
    said.push(needs.map(({ name }) => name));
    return smallWorld().world;
  };
  return { said, make };
}

const workers = [
  ["expand", Expand.worker, WORKERS.expand],
  ["item", Item.worker, WORKERS.item],
  ["follow", Follow.worker, WORKERS.follow],
  ["fire", Fire.worker, WORKERS.fire],
  ["inventory", Listing.worker, WORKERS.inventory],
] as const;
const crons = [
  ["inventory", Inventory.timer, CRONS.inventory],
  ["expire", Expire.timer, CRONS.expire],
  ["sweep", Sweep.timer, CRONS.sweep],
  ["reconcile", Reconcile.timer, CRONS.reconcile],
] as const;

/** What code can ask for: the first key is read where it is planted, and is no part of the world. */
const asked = ({ needs }: Duty) => needs.filter((need) => need !== "admin-key").toSorted();

test.each(workers)(
  "F3: worker %s asks for what infra gives it, no more and no less",
  async (_, worker, duty) => {
    const { said, make } = noting();
    const message = { messageId: "m", receiptHandle: "r", body: "{}", md5OfBody: "", messageAttributes: {} };
    const attributes = {
      ApproximateReceiveCount: "1",
      SentTimestamp: "0",
      SenderId: "x",
      ApproximateFirstReceiveTimestamp: "0",
    };
    const source = { eventSource: "aws:sqs", eventSourceARN: "arn", awsRegion: "test" };
    await worker(make)({ Records: [{ ...message, ...source, attributes }] });
    expect(said.map((needs) => needs.toSorted())).toEqual([asked(duty)]);
  },
);

test.each(crons)("F3: cron %s asks for what infra gives it, no more and no less", async (_, timer, duty) => {
  const { said, make } = noting();
  await timer(make)().catch(() => undefined);
  expect(said.map((needs) => needs.toSorted())).toEqual([asked(duty)]);
});

test("a route that asks for a key has tables and keys beside what it says; an open one what it says alone", () => {
  const said = { effect: "read", needs: ["proxmox"] } as const;
  expect(routeDuty(said).needs).toEqual(["tables", "keys", "proxmox"]);
  expect(linksOf(routeDuty({ ...said, open: true }))).toEqual(["Clusters"]);
});
