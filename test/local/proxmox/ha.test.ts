import { expect, test } from "vitest";
import { rows, simulation } from "./lab.ts";

test("starting an HA guest is a task that ends with nothing done; the manager acts later, as root", async () => {
  const { get, post, ended, where, simulator, clock } = simulation();
  expect((await post("/cluster/ha/resources", { sid: "vm:107", state: "stopped" })).status).toBe(200);
  const answer = await post(`${where(107)}/status/start`);
  expect(answer.json.data).toContain(":hastart:107:root@pam!main:");
  expect(await ended(answer)).toBe("OK");
  expect(simulator.state.guests[107]?.status).toBe("stopped");
  expect((await get(`${where(107)}/status/current`)).json.data).toMatchObject({
    ha: { managed: 1, state: "started" },
  });
  await clock.advance(40_000);
  expect(simulator.state.guests[107]?.status).toBe("running");
  const start = Object.values(simulator.state.tasks).find(
    ({ type, id }) => type === "qmstart" && id === "107",
  );
  expect(start).toMatchObject({ user: "root@pam", exitstatus: "OK" });
});

test("an HA resource is refused twice, for an unknown guest, and when it is gone; its guest is not destroyed", async () => {
  const { post, remove, where, get } = simulation();
  await post("/cluster/ha/resources", { sid: "vm:107" });
  expect((await post("/cluster/ha/resources", { sid: "vm:107" })).reason).toBe(
    "create resource failed: resource ID 'vm:107' already defined",
  );
  expect((await post("/cluster/ha/resources", { sid: "vm:999" })).reason).toBe(
    "resource 'vm:999' does not exist in cluster",
  );
  const resource = rows(await get("/cluster/resources", { type: "vm" })).find(({ vmid }) => vmid === 107);
  expect(resource).toMatchObject({ hastate: "started" });
  expect((await remove(where(107))).reason).toBe(
    "unable to remove VM 107 - used in HA resources and purge parameter not set.",
  );
  expect((await remove("/cluster/ha/resources/vm:107")).status).toBe(200);
  expect((await remove("/cluster/ha/resources/vm:107")).reason).toBe(
    "cannot delete service 'vm:107', not HA managed!",
  );
});

test("9.2 has no HA groups any more, 8.4 has", async () => {
  const old = simulation();
  expect((await old.post("/cluster/ha/groups", { group: "one", nodes: "pve1" })).status).toBe(200);
  expect(
    (await simulation({ version: "9.2" }).post("/cluster/ha/groups", { group: "one", nodes: "pve1" })).reason,
  ).toBe("cannot create group: ha groups have been migrated to rules");
});
