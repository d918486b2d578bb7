import { expect, test } from "vitest";
import { rows, simulation } from "./lab.ts";

test("zones, vnets and subnets are made, listed and removed; a subnet is named after its zone", async () => {
  const { get, post, remove, ended, put } = simulation();
  await post("/cluster/sdn/zones", { zone: "lab", type: "vlan", bridge: "vmbr0" });
  expect((await post("/cluster/sdn/vnets", { vnet: "net1", zone: "lab", tag: 20 })).status).toBe(200);
  await post("/cluster/sdn/vnets/net1/subnets", { subnet: "10.0.0.0/24", type: "subnet" });
  expect(rows(await get("/cluster/sdn/vnets/net1/subnets"))).toMatchObject([
    { subnet: "lab-10.0.0.0-24", cidr: "10.0.0.0/24", vnet: "net1" },
  ]);
  expect(rows(await get("/cluster/sdn/vnets"))).toMatchObject([{ vnet: "net1", zone: "lab", tag: 20 }]);
  const apply = await put("/cluster/sdn");
  expect(apply.json.data).toContain(":reloadnetworkall::");
  expect(await ended(apply)).toBe("OK");
  expect((await remove("/cluster/sdn/vnets/net1/subnets/lab-10.0.0.0-24")).status).toBe(200);
  expect((await remove("/cluster/sdn/vnets/net1")).status).toBe(200);
  expect((await remove("/cluster/sdn/zones/lab")).status).toBe(200);
});

test("bridges are listed, and one interface by its name", async () => {
  const { get } = simulation();
  const bridges = rows(await get("/nodes/pve1/network", { type: "bridge" }));
  expect(bridges.map(({ iface }) => iface)).toEqual(["vmbr0", "vmbr1"]);
  expect((await get("/nodes/pve1/network/nosuch")).json.errors).toEqual({
    iface: "interface does not exist",
  });
});

test("options keep tags in case and order when the tag style says so, and move where VMIDs begin", async () => {
  const { get, put, where } = simulation();
  await put("/cluster/options", {
    "tag-style": "case-sensitive=1,ordering=config",
    "next-id": "lower=500,upper=900",
  });
  await put(`${where(101)}/config`, { tags: "Web;Alpha" });
  expect((await get(`${where(101)}/config`)).json.data).toMatchObject({ tags: "Web;Alpha" });
  expect((await get("/cluster/nextid")).json.data).toBe("500");
  expect((await get("/cluster/options")).json.data).toMatchObject({
    "next-id": { lower: "500", upper: "900" },
  });
});

test("users, roles, tokens and access entries work together", async () => {
  const { get, post, put, send } = simulation();
  await post("/access/users", { userid: "op@pve", password: "longenough" });
  await post("/access/roles", { roleid: "Power", privs: "VM.Audit,VM.PowerMgmt" });
  const made = await post("/access/users/op@pve/token/cli", { privsep: 0 });
  const { value }: { value?: unknown } = Object(made.json.data);
  await put("/access/acl", { path: "/vms/101", users: "op@pve", roles: "Power" });
  const headers = { authorization: `PVEAPIToken=op@pve!cli=${String(value)}` };
  const list = await send("GET", "/cluster/resources", { type: "vm" }, headers);
  expect(rows(list).map(({ vmid }) => vmid)).toEqual([101]);
  expect((await send("POST", "/nodes/pve1/qemu/101/status/stop", {}, headers)).status).toBe(200);
  expect((await send("GET", "/nodes/pve1/qemu/104/config", {}, headers)).reason).toBe(
    "Permission check failed (/vms/104, VM.Audit)",
  );
  expect((await get("/access/users/nosuch@pve")).reason).toBe("no such user ('nosuch@pve')");
  expect((await post("/access/roles", { roleid: "Bad", privs: "VM.Fly" })).json.errors).toEqual({
    privs: "invalid format - invalid privilege 'VM.Fly'\n",
  });
});

test("a single node is no cluster and gives no join information; three give their addresses", async () => {
  const single = simulation({ nodes: 1 });
  expect((await single.get("/cluster/config/join")).status).toBe(424);
  const { get } = simulation();
  expect((await get("/cluster/config/join")).json.data).toMatchObject({
    nodelist: [{ name: "pve1" }, {}, {}],
  });
  expect(rows(await get("/cluster/config/nodes"))[0]).toMatchObject({ nodeid: "1", quorum_votes: "1" });
});

test("an index lists what lies below it", async () => {
  const { get } = simulation();
  expect(rows(await get("/"))).toContainEqual({ subdir: "nodes" });
  expect(rows(await get("/nodes/pve1/qemu/101"))).toContainEqual({ subdir: "snapshot" });
});
