import { extjs, plain, refused } from "./answer.ts";
import { countCall } from "./counters.ts";
import { dispatch, entryNode } from "./dispatch.ts";
import type { Aim, Fault, Faults } from "./fault.ts";
import { rejected, target } from "./incoming.ts";
import { WAITS } from "./latency.ts";
import { HOSTILE, HUGE, type Hostility } from "./hostile.ts";
import { ConnectionLost, Refusal } from "./refusal.ts";
import type { SimulatorRequest, SimulatorResponse } from "./request.ts";
import { findRoute } from "./routes.ts";
import type { World } from "./world.ts";

interface Instead {
  readonly response: SimulatorResponse;
  /** The request worked all the same. */
  readonly after: boolean;
}

const refusal = (world: World, status: number, reason: string) =>
  refused(new Refusal(status, reason), world.version);

const LOCKED = "can't lock file '/var/log/pve/tasks/.active.lock' - got timeout";

/** What is answered in place of the truth. */
function insteadOf(world: World, fault: Fault): Instead | undefined {
  if (fault.do === "answer") {
    const response = { ...plain(fault.status, fault.reason), body: fault.body ?? "" };
    return { response, after: fault.after ?? false };
  }
  if (fault.do === "no-worker-upid")
    return { response: refusal(world, 500, "got no worker upid - start worker failed"), after: false };
  if (fault.do === "active-lock")
    return { response: refusal(world, 500, LOCKED), after: fault.effect ?? true };
  if (fault.do === "too-many-redirections")
    return { response: refusal(world, 599, "Too many redirections"), after: fault.after ?? false };
  return undefined;
}

/** A hostile answer in place of the honest one. */
function twisted(struck: readonly Fault[], honest: SimulatorResponse): SimulatorResponse {
  for (const fault of struck) if (isHostile(fault)) return HOSTILE[fault.do](honest, fault.bytes ?? HUGE);
  return honest;
}

const isHostile = (fault: Fault): fault is Extract<Fault, { do: Hostility }> => fault.do in HOSTILE;

function aimOf(world: World, request: SimulatorRequest): Aim {
  const { path, query } = target(request);
  const route = findRoute(world.facts, request.method, path);
  return { request, path, template: route?.endpoint.path, values: { ...query, ...route?.path } };
}

/** A call that pveproxy hands on and that has no answer in time is given up by it; what it started goes on. */
async function givenUp(world: World, request: SimulatorRequest, delay: number): Promise<SimulatorResponse> {
  await world.clock.sleep(WAITS.proxy);
  void world.clock.sleep(delay - WAITS.proxy).then(() => dispatch(world, request));
  return refusal(world, 596, "Connection timed out");
}

function isHandedOn(world: World, request: SimulatorRequest): boolean {
  const route = findRoute(world.facts, request.method, target(request).path);
  return route?.endpoint.protected === true;
}

async function answerUnderFaults(world: World, request: SimulatorRequest, struck: readonly Fault[]) {
  // A request that is held up twice is held up once, as long as the longer takes.
  const delay = Math.max(0, ...struck.map((fault) => (fault.do === "delay" ? fault.milliseconds : 0)));
  if (delay >= WAITS.proxy && isHandedOn(world, request)) return givenUp(world, request, delay);
  if (delay > 0) await world.clock.sleep(delay);
  if (struck.some((fault) => fault.do === "cut-before")) throw new ConnectionLost();
  const instead = struck.map((fault) => insteadOf(world, fault)).find((found) => found !== undefined);
  if (instead && !instead.after) return instead.response;
  const plainly = rejected(world, request) ?? (await dispatch(world, request));
  const response = request.target.startsWith("/api2/extjs") ? extjs(plainly) : plainly;
  if (struck.some((fault) => fault.do === "cut-after")) throw new ConnectionLost();
  return instead?.response ?? twisted(struck, response);
}

/** Answers one request, with the faults that stand in its way, and counts it. */
export async function handle(
  world: World,
  placed: Faults,
  request: SimulatorRequest,
): Promise<SimulatorResponse> {
  if (!world.state.nodes[entryNode(world, request)]?.online) throw new ConnectionLost("ECONNREFUSED");
  const aim = aimOf(world, request);
  const sizes = { received: request.body?.length ?? 0, sent: 0 };
  try {
    const response = await answerUnderFaults(world, request, placed.strike(aim));
    sizes.sent = response.body.length;
    return response;
  } finally {
    countCall(world.counters, `${request.method} ${aim.template ?? "unknown"}`, sizes);
  }
}
