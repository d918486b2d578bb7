import { expect, test } from "vitest";
import * as Delete from "../../../functions/api/bulk/snapshots/delete.ts";
import * as RollBack from "../../../functions/api/bulk/snapshots/rollback.ts";
import * as Snapshots from "../../../functions/api/bulk/snapshots.ts";
import { lab } from "../../kit/lab.ts";
import { carriedOut } from "../../kit/proof.ts";

test("a node that is away does not keep the others' snapshots from being deleted or gone back to", async () => {
  const stage = await lab();
  const guests = Object.values(stage.simulator.state.guests);
  const away = guests.find(({ vmid }) => vmid === 102)?.node === "pve2" ? 102 : 104;
  const node = stage.simulator.state.guests[away]?.node ?? "";
  const here = [101, 102, 104, 110, 111].filter((vmid) => stage.simulator.state.guests[vmid]?.node !== node);
  const select = { vmids: [away, ...here] };
  for (const name of ["one", "two"])
    await carriedOut(stage, await stage.call(Snapshots, { body: { select, name } }));
  stage.simulator.inflict({ do: "node-offline", node });
  await stage.clock.advance(120_000);
  const pace = { deadline: "10m" };
  const back = await carriedOut(
    stage,
    await stage.call(RollBack, { body: { select, name: "two", ...pace } }),
  );
  const gone = await carriedOut(stage, await stage.call(Delete, { body: { select, match: "two", ...pace } }));
  const own = (items: typeof gone.items) => items.find(({ vm }) => vm.id === `main/${away}`);
  expect(own(back.items)).toMatchObject({ state: "failed" });
  // Nobody has told of it for three minutes by then, and what goes by a selector goes by what is known.
  expect(own(gone.items)).toMatchObject({ state: "skipped", error: { code: "inventory.stale" } });
  for (const vmid of here)
    expect(Object.keys(stage.simulator.state.guests[vmid]?.snapshots ?? {})).toEqual(["one"]);
});
