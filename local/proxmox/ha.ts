import type { Guest } from "./state.ts";
import { startTask, type TaskSpec } from "./task.ts";
import type { World } from "./world.ts";

const sidOf = (guest: Guest) => `${guest.kind === "qemu" ? "vm" : "ct"}:${guest.vmid}`;

/** The HA resource of a guest, when it has one that the manager does not ignore. */
export function haResource(world: World, guest: Guest) {
  const resource = world.state.sections["ha-resources"]?.[sidOf(guest)];
  return resource?.state === "ignored" ? undefined : resource;
}

/** The other resources of the rules of affinity that a guest is in. */
function affineTo(world: World, guest: Guest, wanted: "positive" | "negative"): string[] {
  const sid = sidOf(guest);
  const rules = Object.values(world.state.sections["ha-rules"] ?? {});
  return rules.flatMap(({ type, affinity, resources = "", disable }) => {
    const sids = resources.split(",").map((one) => one.trim());
    const binds = type === "resource-affinity" && affinity === wanted && disable !== "1";
    return binds && sids.includes(sid) ? sids.filter((one) => one !== sid) : [];
  });
}

/** The other resources that rules keep together with a guest: the manager moves all of them. */
export const dependentsOf = (world: World, guest: Guest): string[] => affineTo(world, guest, "positive");

/** The resources on a node that rules keep apart from a guest. */
export const separatedFrom = (world: World, guest: Guest, node: string) =>
  haResource(world, guest)
    ? affineTo(world, guest, "negative")
        .filter((sid) => world.state.guests[sid.split(":")[1] ?? ""]?.node === node)
        .map((sid) => ({ sid, cause: "resource-affinity" }))
    : [];

export const haState = (world: World, guest: Guest): string | undefined => {
  const resource = world.state.sections["ha-resources"]?.[sidOf(guest)];
  return resource && (resource.state ?? "started");
};

/** Whether the group of a guest lets it run on a node; the manager does nothing about a request that is against it. */
export function mayRunOn(world: World, guest: Guest, node: string): boolean {
  const { nodes = "", restricted } =
    world.state.sections["ha-groups"]?.[haResource(world, guest)?.group ?? ""] ?? {};
  const names = nodes.split(",").map((one) => one.split(":")[0]);
  return restricted !== "1" || names.includes(node);
}

/** What `status/current` says about high availability. */
export function haOf(world: World, guest: Guest) {
  const resource = haResource(world, guest);
  if (!resource) return { managed: 0 };
  return { managed: 1, state: haState(world, guest), ...(resource.group && { group: resource.group }) };
}

/** Asks the HA manager: this task ends after a second with nothing done. The local resource manager acts 10 to 25
 * seconds later, under a task of its own by root. */
export function askManager(
  world: World,
  guest: Guest,
  request: { spec: TaskSpec; state?: string; act: () => void },
): string {
  return startTask(world, request.spec, async (task) => {
    await task.wait(1000);
    const resource = haResource(world, guest);
    if (resource && request.state) resource.state = request.state;
    task.log(`Requesting HA ${request.spec.type.slice(2)} for VM ${guest.vmid}`);
    world.touch();
    void world.clock.sleep(world.random.between(10_000, 25_000) / world.speed).then(request.act);
  });
}
