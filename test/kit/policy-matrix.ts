import * as z from "zod";
import * as CreateJob from "../../functions/api/jobs/create.ts";
import * as RunJob from "../../functions/api/jobs/run.ts";
import { isRefusal } from "../../core/policy/index.ts";
import { POWER_ACTIONS } from "../../core/proxmox/index.ts";
import type { Request } from "./caller.ts";
import type { Lab } from "./lab.ts";
import { retag } from "./retag.ts";
import type { Route } from "./routes.ts";
import { samples } from "./sample.ts";
import { Job, Plan } from "./shape.ts";

/** The kinds of guests that policy tells apart, each with one guest that is of it. */
export const KINDS = {
  own: { vmid: 102, tags: "moxxie" },
  "own, maint-ok": { vmid: 104, tags: "maint-ok;moxxie" },
  "own, always-on": { vmid: 101, tags: "always-on;maint-ok;moxxie" },
  foreign: { vmid: 105, tags: "maint-ok" },
  "foreign, always-on": { vmid: 108, tags: "always-on;maint-ok" },
} as const;

/** What policy says, in the words of docs/policy.md; `?` when the call did not come so far. */
type Cell = "yes" | "noted" | "override" | "override, noted" | "no" | "?";

/** Every guest has one of this name, for the calls that name one. */
const SNAPSHOT = "before";
const COPY_OF_TEMPLATE = "POST /vms/{vmid}/clone of a template";

/** A way to do something to a guest: a route, or a job. */
export interface Way {
  readonly name: string;
  readonly call: (vmid: number, override: boolean) => Promise<Cell>;
  /** Whether it is a call for one guest. */
  readonly single: boolean;
  /** The same, in earnest unless it is a dry run, and without override. */
  readonly act: (
    vmid: number,
    dryRun?: boolean,
  ) => Promise<{ readonly status: number; readonly json: unknown }>;
}

const Said = Plan.extend({ items: z.array(z.looseObject({ vm: z.object({ id: z.string() }).nullable() })) });
const Item = z.object({ willRun: z.boolean(), because: z.string(), code: z.string().nullable() });

/** Reads a plan. What the state of a guest leaves nothing to do for says nothing of policy. */
function cellOf(json: unknown, vmid: number): Cell {
  const plan = Said.safeParse(json).data;
  const found = plan?.items.find(({ vm }) => vm?.id === `main/${vmid}`);
  if (!found) return "?";
  const { willRun, because, code } = Item.parse(found);
  if (!willRun) return isRefusal(code) ? "no" : "?";
  const noted = because.includes("does not carry the owner tag");
  if (because.includes("overridden"))
    return noted && because.includes("safe mode is audit") ? "override, noted" : "override";
  return noted ? "noted" : "yes";
}

const isOfGuest = ({ spec }: Route) =>
  spec.verb.effect === "write" && (spec.parameters.includes("vmid") || spec.path.startsWith("/v1/bulk/"));

const short = ({ spec }: Route) =>
  `${spec.method} ${spec.path.replace("/v1/clusters/{cluster}", "").replace("/v1", "")}`;

const isBulk = ({ spec }: Route) => !spec.parameters.includes("vmid");

const objectOf = (body: unknown) => (typeof body === "object" && body !== null ? body : {});

/** Sends the request of a route for this guest instead of its own. */
function send(stage: Lab, route: Route, request: Request) {
  return (vmid: number, { override = false, dryRun = false }) => {
    const bulk = isBulk(route);
    const body = objectOf(request.body);
    const inQuery = route.spec.method === "DELETE" && !bulk;
    const chosen = bulk ? { select: { vmids: [vmid], templates: true } } : {};
    const dry = dryRun ? { dryRun: "true" } : {};
    return stage.call(route, {
      ...request,
      path: { ...request.path, vmid, name: SNAPSHOT },
      query: { ...request.query, ...dry, ...(inQuery && override ? { override: "true" } : {}) },
      ...(inQuery ? {} : { body: { ...body, ...chosen, ...(override ? { override: true } : {}) } }),
    });
  };
}

function routeWay(stage: Lab, route: Route, request: Request, name = short(route)): Way {
  const sent = send(stage, route, request);
  const call = async (vmid: number, override: boolean): Promise<Cell> => {
    const answer = await sent(vmid, { override, dryRun: true });
    // A call that knows no override has none.
    return override && answer.status === 400 ? "no" : cellOf(answer.json, vmid);
  };
  return { name, call, single: !isBulk(route), act: (vmid, dryRun = false) => sent(vmid, { dryRun }) };
}

function jobWay(stage: Lab, kind: string, params: object): Way {
  const words = Object.values(params).join(" ");
  const name = `job: ${kind}${words === "" ? "" : ` ${words}`}`;
  let made = 0;
  const act = async (vmid: number, dryRun = false) => {
    const select = { vmids: [vmid], templates: true };
    const body = { name: `${name}, the ${++made}.`, kind, schedule: "30 2 * * *", select, params };
    const job = Job.parse((await stage.call(CreateJob, { body })).json).id;
    return stage.call(RunJob, { path: { job }, query: dryRun ? { dryRun: "true" } : {} });
  };
  const call = async (vmid: number, override: boolean): Promise<Cell> =>
    override ? "no" : cellOf((await act(vmid, true)).json, vmid);
  return { name, call, single: false, act };
}

/** Every way there is to change a guest, of all write routes and the jobs. */
export async function waysOf(stage: Lab): Promise<Way[]> {
  const routes = (await samples(stage)).filter(({ route }) => isOfGuest(route));
  const ways = routes.flatMap(({ file, route, request }): Way[] => {
    const way = routeWay(stage, route, request);
    // A full one: the disks of a guest that is called a template here are no bases to link to.
    const full = { ...request, body: { ...objectOf(request.body), full: true } };
    if (file === "functions/api/vms/clone") return [way, routeWay(stage, route, full, COPY_OF_TEMPLATE)];
    if (file === "functions/api/bulk/backups" || file === "functions/api/vms/backups/create") {
      const body = { ...objectOf(request.body), mode: "stop" };
      return [way, routeWay(stage, route, { ...request, body }, `${short(route)} mode stop`)];
    }
    if (file !== "functions/api/bulk/power") return [way];
    return POWER_ACTIONS.map((action) =>
      routeWay(stage, route, { ...request, body: { action } }, `${short(route)} ${action}`),
    );
  });
  const jobs = POWER_ACTIONS.map((action) => jobWay(stage, "power", { action }));
  const others = [
    jobWay(stage, "snapshot", {}),
    jobWay(stage, "backup", { storage: "backup" }),
    jobWay(stage, "backup", { storage: "backup", mode: "stop" }),
  ];
  const all = [...ways, ...jobs, ...others];
  return all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Makes the guests what the kinds say. */
export const dress = (stage: Lab) =>
  retag(stage, Object.fromEntries(Object.values(KINDS).map(({ vmid, tags }) => [vmid, tags])));

const OFF = /\/(?:start|template)$|power start$|bulk\/delete$|DELETE \/vms\/\{vmid\}$/;
const ASLEEP = /resume$/;

/** Brings the guests into the state in which this can be done to them. */
export function pose(stage: Lab, { name }: Way): void {
  for (const { vmid } of Object.values(KINDS)) {
    const guest = stage.simulator.state.guests[vmid];
    const template = name === COPY_OF_TEMPLATE ? { template: "1" } : {};
    const { template: _, ...config } = guest?.config ?? {};
    const snapshot = { config, snaptime: 1, description: "" };
    Object.assign(guest ?? {}, {
      snapshots: /\/(?:template|migrate)$/.test(name) ? {} : { [SNAPSHOT]: snapshot },
      status: OFF.test(name) ? "stopped" : "running",
      paused: ASLEEP.test(name),
      config: { ...config, ...template },
    });
  }
}

/** What a mode lets a way do to each kind of guest. */
export async function rowOf(stage: Lab, way: Way): Promise<Cell[]> {
  pose(stage, way);
  await dress(stage);
  const cells: Cell[] = [];
  for (const { vmid } of Object.values(KINDS)) {
    const plain = await way.call(vmid, false);
    cells.push(plain === "no" ? await way.call(vmid, true) : plain);
  }
  return cells;
}
