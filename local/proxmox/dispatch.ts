import { refused, success } from "./answer.ts";
import { authenticate, type Identity } from "./auth.ts";
import type { Call } from "./call.ts";
import { exampleHandler } from "./example.ts";
import { factsOf, type Endpoint } from "./facts/index.ts";
import { HANDLERS } from "./handlers/index.ts";
import { work } from "./daemon.ts";
import { gather, target, uploadOf } from "./incoming.ts";
import { WAITS } from "./latency.ts";
import { paramsOf } from "./params.ts";
import { authorize, may } from "./permission.ts";
import { checkClusterFile } from "./quorum.ts";
import { died, Refusal } from "./refusal.ts";
import type { SimulatorRequest, SimulatorResponse } from "./request.ts";
import { findRoute, indexHandler, unescaped } from "./routes.ts";
import { validate } from "./validate/params.ts";
import { versionOn, type World } from "./world.ts";

/** The daemon dies while it writes such a reason phrase. */
const beyondLatin1 = (text: string) => Buffer.from(text, "latin1").toString("latin1") !== text;

const NOBODY: Identity = { user: "" };

/** The node that is spoken to: the one named, else the first. */
export const entryNode = (world: World, request: SimulatorRequest): string =>
  request.via ?? Object.keys(world.state.nodes)[0] ?? "";

/** The node that works on the call; refuses for one that does not exist or does not answer. */
async function workingNode(
  world: World,
  endpoint: Endpoint,
  named: string | undefined,
  entry: string,
): Promise<string> {
  if (named === undefined || named === "localhost") return entry;
  const node = world.state.nodes[named];
  const proxied = endpoint.proxyto === "node" || endpoint.protected;
  if (!node && proxied)
    throw died(
      `hostname lookup '${named}' failed - failed to get address info for: ${named}: Name or service not known`,
    );
  if (node && !node.online && proxied) {
    await world.clock.sleep(WAITS.proxy);
    throw new Refusal(595, "Connection timed out");
  }
  return named;
}

/** Answers one request in the order of Proxmox's own code: who, which call, may they, where, are the values right. */
async function answer(world: World, request: SimulatorRequest): Promise<SimulatorResponse> {
  const { path, query } = target(request);
  const who = authenticate(world, request, path);
  const entry = entryNode(world, request);
  const unknown = new Refusal(501, `Method '${request.method} ${unescaped(path)}' not implemented`);
  const known = findRoute(factsOf(versionOn(world, entry)), request.method, path);
  if (!known) throw unknown;
  const facts = factsOf(versionOn(world, known.path.node ?? entry));
  const route = findRoute(facts, request.method, path);
  if (!route) throw unknown;
  const { endpoint } = route;
  const values = gather(request, query, route.path);
  authorize(world, endpoint, who, values);
  const node = await workingNode(world, endpoint, route.path.node, entry);
  if (world.daemons) await work(world, world.daemons, endpoint, node);
  validate(facts, endpoint, values);
  const handler =
    HANDLERS[`${endpoint.method} ${endpoint.path}`] ??
    indexHandler(facts, endpoint) ??
    exampleHandler(versionOn(world, node), endpoint);
  if (!handler) throw new Refusal(501, `not simulated yet: ${endpoint.method} ${endpoint.path}`);
  await checkClusterFile(world, endpoint);
  const identity = who ?? NOBODY;
  const call: Call = {
    world,
    endpoint,
    params: paramsOf(values),
    who: identity,
    node,
    entry,
    upload: uploadOf(request)?.content,
    may: (object, ...privileges) => may(world, identity, object, { any: privileges }),
  };
  const data: unknown = await handler(call);
  return success(data, endpoint.protected === true || node !== entry);
}

/** As above, with refusals turned into answers; a 401 is held back for three seconds. */
export async function dispatch(world: World, request: SimulatorRequest): Promise<SimulatorResponse> {
  try {
    return await answer(world, request);
  } catch (error) {
    const refusal =
      error instanceof Refusal ? error : died(error instanceof Error ? error.message : String(error));
    if (refusal.status === 401) await world.clock.sleep(WAITS.unauthorized);
    if (!beyondLatin1(refusal.message)) return refused(refusal, world.version);
    await world.clock.sleep(WAITS.brokenPipe);
    return refused(new Refusal(596, "Broken pipe"), world.version);
  }
}
