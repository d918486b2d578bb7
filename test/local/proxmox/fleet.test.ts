import { expect, test } from "vitest";
import { rows, simulation } from "./lab.ts";

const tagged = (list: ReturnType<typeof rows>, tag: string) =>
  list.filter(({ tags }) => String(tags).split(";").includes(tag));

test("the development fleet is what the documentation promises", async () => {
  const { get, simulator } = simulation();
  const list = rows(await get("/cluster/resources", { type: "vm" }));
  expect(list).toHaveLength(24);
  expect(list.filter(({ type }) => type === "qemu")).toHaveLength(20);
  const production = tagged(list, "env-prod");
  expect(production.length).toBeGreaterThanOrEqual(8);
  expect(tagged(list, "always-on")).toHaveLength(2);
  expect(tagged(production, "always-on")).toHaveLength(2);
  expect(tagged(list, "moxxie")).toHaveLength(6);
  expect(tagged(production, "moxxie")).toHaveLength(4);
  expect(tagged(list, "maint-ok")).toHaveLength(1);
  expect(list.find(({ vmid }) => vmid === 9000)).toMatchObject({ template: 1 });
  expect(list.find(({ name }) => name === "raw-only")).toMatchObject({ status: "stopped" });
  for (const kind of ["qemu", "lxc"])
    for (const status of ["running", "stopped"])
      expect(list.some((row) => row.type === kind && row.status === status)).toBe(true);
  expect(Object.keys(simulator.state.nodes)).toEqual(["pve1", "pve2", "pve3"]);
  expect(Object.keys(simulator.state.storages)).toEqual(["local", "local-lvm", "nfs", "backup"]);
});

test("larger fleets repeat the pattern with ids of their own; none is empty", async () => {
  const { get } = simulation({ guests: 500, nodes: 5 });
  const list = rows(await get("/cluster/resources", { type: "vm" }));
  expect(list).toHaveLength(500);
  expect(new Set(list.map(({ vmid }) => vmid)).size).toBe(500);
  const empty = simulation({ guests: 0 });
  expect(rows(await empty.get("/cluster/resources", { type: "vm" }))).toEqual([]);
});

test("the same options make the same fleet and the same course of events", async () => {
  const course = async () => {
    const { post, ended, where, simulator } = simulation({ seed: 7 });
    await ended(await post(`${where(101)}/snapshot`, { snapname: "s1" }));
    return simulator.dump();
  };
  expect(await course()).toEqual(await course());
});
