import { expect, test } from "vitest";
import { connect } from "../../../core/cluster/index.ts";
import { placements, precondition } from "../../../core/proxmox/index.ts";
import { lab } from "../../kit/lab.ts";

const container = (vmid: number, node: string) => ({ node, type: "lxc" as const, vmid });

/** A cluster that is upgraded: pve1 and pve3 are of 9.2, pve2 is not yet. */
async function mixed(version: "9.2" | "8.4" = "9.2") {
  const stage = await lab({ version });
  const node = stage.simulator.state.nodes["pve2"];
  if (node) node.version = version === "9.2" ? "8.4" : "9.2";
  return { ...stage, proxmox: await connect(stage.world, "main") };
}

test("C5: what a migration of a container would meet is asked where both its node and the one spoken to can tell", async () => {
  for (const [version, able] of [
    ["9.2", ["pve1"]],
    ["8.4", []],
  ] as const) {
    const { clock, proxmox, simulator } = await mixed(version);
    const ask = (vmid: number) => {
      const node = simulator.state.guests[vmid]?.node ?? "";
      return clock
        .until(precondition(proxmox, container(vmid, node)))
        .then((said) => [node, said !== undefined]);
    };
    const found = Object.fromEntries([await ask(201), await ask(202)]);
    const names: readonly string[] = able;
    expect(found).toEqual({ pve1: names.includes("pve1"), pve2: names.includes("pve2") });
  }
});

test("C5: a 501 means that it is not offered, whatever the version was taken for", async () => {
  const { clock, proxmox, simulator } = await mixed();
  const path = "/nodes/{node}/lxc/{vmid}/migrate";
  simulator.faults.add({ match: { path }, do: "answer", status: 501, reason: "not implemented" });
  expect(await clock.until(precondition(proxmox, container(201, "pve1")))).toBeUndefined();
});

test("C5: groups of HA count until they have become rules, whether the node that answers knows rules or not", async () => {
  for (const version of ["9.2", "8.4"] as const) {
    const { clock, proxmox, simulator } = await mixed(version);
    const group = { group: "east", nodes: "pve1", restricted: 1 };
    simulator.faults.add({
      match: { path: "/cluster/ha/groups" },
      do: "answer",
      status: 200,
      reason: "OK",
      body: JSON.stringify({ data: [group] }),
    });
    expect(await clock.until(placements(proxmox))).toEqual([
      { name: "east", kind: "group", nodes: "pve1", strict: true },
    ]);
  }
});
