import type { World } from "../core/context.ts";
import type { Simulator } from "../local/proxmox/index.ts";

/** Whether something has the form of an object. */
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A Moxxie that is shown the tags that guests had in the beginning, whatever they are by now: as if it did not look. */
export function blind(world: World, simulator: Simulator): World {
  const tags = new Map(
    Object.entries(simulator.state.guests).map(([vmid, { config }]) => [vmid, config["tags"]]),
  );
  const old = (vmid: unknown, data: Record<string, unknown>) =>
    tags.has(String(vmid)) && "tags" in data ? { ...data, tags: tags.get(String(vmid)) } : data;
  const shown = (target: string, data: unknown): unknown => {
    const [, vmid] = /\/(?:qemu|lxc)\/(\d+)\//.exec(target) ?? [];
    if (Array.isArray(data))
      return data.map((one: unknown) => {
        if (!isRecord(one)) return one;
        return one["key"] === "tags" && vmid !== undefined
          ? { ...one, value: tags.get(vmid) }
          : old(one["vmid"], one);
      });
    return isRecord(data) && vmid !== undefined ? old(vmid, data) : data;
  };
  return {
    ...world,
    dial: (target) => {
      const transport = world.dial(target);
      return async (wire) => {
        const reply = await transport(wire);
        if (wire.method !== "GET" || reply.status !== 200 || !reply.body.includes('"tags"')) return reply;
        const body: unknown = JSON.parse(reply.body);
        return isRecord(body)
          ? { ...reply, body: JSON.stringify({ ...body, data: shown(wire.target, body["data"]) }) }
          : reply;
      };
    },
  };
}
