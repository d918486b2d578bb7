import { expect, test } from "vitest";
import { connect, endpointOf, register } from "../../../core/cluster/index.ts";
import { systemContext } from "../../../core/context.ts";
import { lab } from "../../kit/lab.ts";

const several = ["https://a.example.net:8006", "https://b.example.net:8006"];

/** The endpoint of pve2 in a cluster that is reached so. */
async function reached(how: { endpoints: string[]; nodes?: Record<string, string> }, break_ = false) {
  const { clock, simulator, world } = await lab();
  await register(systemContext(world, "test", "req_test"), {
    id: "other",
    name: "o",
    fingerprints: [],
    ...how,
  });
  if (break_) simulator.faults.add({ match: { method: "GET" }, do: "cut-before" });
  const proxmox = await connect(world, "other");
  return { url: (await clock.until(endpointOf(world, proxmox, "pve2"))).href, simulator };
}

test("a node with an endpoint of its own is there", async () => {
  const { url } = await reached({ endpoints: several, nodes: { pve2: "https://pve2.example.net:8443" } });
  expect(url).toBe("https://pve2.example.net:8443/");
});

test("where there is only one endpoint, every node is behind it", async () => {
  expect((await reached({ endpoints: several.slice(0, 1) })).url).toBe("https://a.example.net:8006/");
});

test("where any of several could be it, the cluster tells the address, and if it does not, the name has to do", async () => {
  const { url, simulator } = await reached({ endpoints: several });
  expect(url).toBe(`https://${simulator.state.nodes["pve2"]?.ip}:8006/`);
  expect((await reached({ endpoints: several }, true)).url).toBe("https://pve2:8006/");
});
