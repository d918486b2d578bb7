import { plain } from "./answer.ts";
import { countCall } from "./counters.ts";
import { dispatch, entryNode } from "./dispatch.ts";
import type { Aim, Fault, Faults } from "./fault.ts";
import { rejected, target } from "./incoming.ts";
import { ConnectionLost } from "./refusal.ts";
import type { SimulatorRequest, SimulatorResponse } from "./request.ts";
import { findRoute } from "./routes.ts";
import type { World } from "./world.ts";

function fixedAnswer(fault: Fault): SimulatorResponse | undefined {
  if (fault.do !== "answer") return undefined;
  return { ...plain(fault.status, fault.reason), body: fault.body ?? "" };
}

function aimOf(world: World, request: SimulatorRequest): Aim {
  const { path, query } = target(request);
  const route = findRoute(world.facts, request.method, path);
  return { request, path, template: route?.endpoint.path, values: { ...query, ...route?.path } };
}

async function answerUnderFaults(world: World, request: SimulatorRequest, struck: readonly Fault[]) {
  for (const fault of struck) if (fault.do === "delay") await world.clock.sleep(fault.milliseconds);
  if (struck.some((fault) => fault.do === "cut-before")) throw new ConnectionLost();
  const instead = struck.find((fault) => fault.do === "answer");
  if (instead && !instead.after) return fixedAnswer(instead) ?? plain(500, "");
  const response = rejected(world, request) ?? (await dispatch(world, request));
  if (struck.some((fault) => fault.do === "cut-after")) throw new ConnectionLost();
  return (instead && fixedAnswer(instead)) ?? response;
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
