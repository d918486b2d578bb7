import { expect, test } from "vitest";
import * as SnapshotsRoute from "../../functions/api/bulk/snapshots.ts";
import { stageOf } from "../../bench/scale-stage.ts";
import { Operation } from "../kit/shape.ts";

test("the lean stand-in lets an operation on a whole cluster succeed, one snapshot each and four tasks a node at most", async () => {
  const stage = await stageOf(1);
  const answer = await stage.call(SnapshotsRoute, { body: { select: { tags: "env-prod" } } });
  await stage.settle(Operation.parse(answer.json).id);
  for (const { snapshots, peak } of stage.clusters.values()) {
    expect(new Set(snapshots)).toEqual(new Set([1]));
    expect(peak()).toBe(4);
  }
});
