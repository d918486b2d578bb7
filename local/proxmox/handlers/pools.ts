import type { Call, Handlers } from "../call.ts";
import { died } from "../refusal.ts";
import { guestResource, storageResource } from "../resources.ts";
import type { Pool, State } from "../state.ts";

const visible = (call: Call) =>
  Object.values(call.world.state.pools).filter(({ poolid }) => call.may(`/pool/${poolid}`, "Pool.Audit"));

const row = ({ poolid, comment }: Pool) => ({ poolid, ...(comment && { comment }) });

function members(call: Call, pool: Pool) {
  const { state } = call.world;
  const node = state.nodes[call.node];
  const guests = pool.vms.flatMap((vmid) => {
    const guest = state.guests[vmid];
    return guest ? [guestResource(call.world, guest)] : [];
  });
  const storages = pool.storages.flatMap((name) => {
    const storage = state.storages[name];
    return storage && node ? [storageResource(call.world, storage, node)] : [];
  });
  return [...guests, ...storages];
}

function known(call: Call, prefix = ""): Pool {
  const poolid = call.params.text("poolid");
  const pool = call.world.state.pools[poolid];
  if (!pool) throw died(`${prefix}pool '${poolid}' does not exist`);
  return pool;
}

function pools(call: Call): unknown {
  if (!call.params.has("poolid")) return visible(call).map(row);
  return [{ ...row(known(call)), members: members(call, known(call)) }];
}

function pool(call: Call): unknown {
  const inside = members(call, known(call)).map((member) =>
    Object.assign({ ...member }, { pool: undefined }),
  );
  return { ...row(known(call)), members: inside };
}

function create(call: Call): null {
  const { params, world } = call;
  const poolid = params.text("poolid");
  if (world.state.pools[poolid]) throw died(`create pool failed: pool '${poolid}' already exists`);
  const parent = poolid.includes("/") ? poolid.slice(0, poolid.lastIndexOf("/")) : undefined;
  if (parent !== undefined && !world.state.pools[parent])
    throw died(`create pool failed: parent '${parent}' of pool '${poolid}' does not exist`);
  const comment = params.optional("comment");
  world.state.pools[poolid] = { poolid, ...(comment && { comment }), vms: [], storages: [] };
  world.touch();
  return null;
}

function add(state: State, pool: Pool, vmid: number, allowMove: boolean): void {
  const held = Object.values(state.pools).find(({ vms }) => vms.includes(vmid));
  if (held === pool) throw died(`update pools failed: VM ${vmid} is already a pool member`);
  if (held && !allowMove)
    throw died(
      `update pools failed: VM ${vmid} belongs already to pool '${held.poolid}' and 'allow-move' is not set`,
    );
  if (held) held.vms = held.vms.filter((other) => other !== vmid);
  pool.vms.push(vmid);
}

function take(pool: Pool, vmid: number): void {
  if (!pool.vms.includes(vmid)) throw died(`update pools failed: VM ${vmid} is not a pool member`);
  pool.vms = pool.vms.filter((other) => other !== vmid);
}

/** Members that do not exist are accepted; one that belongs to another pool is not, unless it may be moved. */
function update(call: Call): null {
  const { params, world } = call;
  const target = known(call, "update pools failed: ");
  const removing = params.flag("delete");
  for (const vmid of params.list("vms").map(Number))
    if (removing) take(target, vmid);
    else add(world.state, target, vmid, params.flag("allow-move"));
  const storages = params.list("storage");
  const kept = target.storages.filter((name) => !storages.includes(name));
  target.storages = removing ? kept : [...kept, ...storages];
  if (params.has("comment")) target.comment = params.text("comment");
  world.touch();
  return null;
}

function remove(call: Call): null {
  const { pools: all } = call.world.state;
  const target = known(call, "delete pool failed: ");
  const nested = Object.keys(all).find((poolid) => poolid.startsWith(`${target.poolid}/`));
  const vmid = target.vms.find((one) => call.world.state.guests[one]);
  const storage = target.storages.find((one) => call.world.state.storages[one]);
  const content = nested ? `pool '${nested}'` : vmid && `VM ${vmid}`;
  const inside = content ?? (storage && `storage '${storage}'`);
  if (inside) throw died(`delete pool failed: pool '${target.poolid}' is not empty (contains ${inside})`);
  delete all[target.poolid];
  call.world.touch();
  return null;
}

export const poolHandlers: Handlers = {
  "GET /pools": pools,
  "POST /pools": create,
  "PUT /pools": update,
  "DELETE /pools": remove,
  "GET /pools/{poolid}": pool,
  "PUT /pools/{poolid}": update,
  "DELETE /pools/{poolid}": remove,
};
