import { expect, test } from "vitest";
import { around } from "../../../core/audit/around.ts";
import { Fault } from "../../../core/lib/fault.ts";
import type { Change } from "../../../core/db/index.ts";
import { settle } from "../../kit/clock.ts";
import { holding } from "../../kit/holding.ts";
import { smallWorld } from "../world.ts";

const DEED = { action: "job.update", target: "job_1" };
const ALLOWED = { decision: "allowed", code: "ok", reason: "the role covers it" } as const;

const tells = (outcome: string) => (changes: readonly Change[]) =>
  changes.some((change) => "put" in change && change.put["outcome"] === outcome);

const outcomes = ({ store }: ReturnType<typeof smallWorld>) =>
  store.dump().flatMap(({ row }) => (row["outcome"] === undefined ? [] : [row["outcome"]]));

test.each([
  ["failed", async () => Promise.reject(new Fault("conflict", "job.taken", "There is one."))],
  ["succeeded", async () => undefined],
])(
  "J: nobody is answered before the row `%s` is written: a function may stand still from then on",
  async (outcome, act) => {
    const small = smallWorld();
    const slow = holding(small.world, tells(outcome));
    const state = { answered: false };
    const done = around({ ...small.ctx, ...slow.world }, DEED, ALLOWED, act).catch(() => undefined);
    void done.then(() => (state.answered = true));
    await slow.reached;
    await settle();
    expect([state.answered, outcomes(small)]).toEqual([false, ["begun"]]);
    slow.letThrough();
    await done;
    expect(new Set(outcomes(small))).toEqual(new Set(["begun", outcome]));
  },
);

test("J: what could not be written as begun is not done", async () => {
  const small = smallWorld();
  const full = {
    ...small.ctx,
    store: { ...small.store, write: async () => Promise.reject(new Error("full")) },
  };
  const done: string[] = [];
  const act = async () => void done.push("done");
  await expect(around(full, DEED, ALLOWED, act)).rejects.toThrow("full");
  expect(done).toEqual([]);
});
