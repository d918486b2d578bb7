import * as z from "zod";
import { decode, refusalOf } from "./answer.ts";
import { memo } from "../lib/memo.ts";
import { heldBack, type Errand, type Lesson } from "./breaker.ts";
import { clusterStatus } from "./cluster.ts";
import type { Endpoint } from "./endpoints.ts";
import { ProxmoxError } from "./error.ts";
import { isGated, unavailable } from "./gate.ts";
import type { Call } from "./request.ts";
import { send, type ClientPort, type Line } from "./send.ts";
import type { Transport } from "./transport.ts";

/** One cluster, as its own API sees it. */
export interface Proxmox {
  readonly cluster: string;
  /**
   * The decoded `data` of the answer, or a ProxmoxError. A GET whose answer got lost is asked again once. What
   * this version of Proxmox cannot do is refused before it is sent.
   */
  call<T>(call: Call, data: z.ZodType<T>): Promise<T>;
  /** The same cluster, to which what changes anything is sent before this instant (milliseconds) or not at all. */
  before(instant: number): Proxmox;
  /** Whether this call is there, with these parameters: in the version of the node that is named, or of whichever answers. */
  offers(endpoint: Endpoint, params?: readonly string[], node?: string): Promise<boolean>;
  /** The error with which such a call would be held back now; nothing is sent. */
  heldBack(errand: Errand): Promise<ProxmoxError | undefined>;
  /** Tells everyone what was seen of the cluster by other means than the answer to a call. */
  report(errand: Errand, lesson: Lesson): Promise<void>;
}

const VERSION: Call = { method: "GET", path: "/version" };
const Version = z.object({ version: z.string() });
/** A cluster is upgraded node by node, and connections outlive that: a version is asked for again after this time. */
const VERSION_MS = 600_000;
const versions = memo<string>(VERSION_MS);

/** The version of a node, or of the cluster where none is named; asked for at most once in a while. */
const versionOf = (line: Line, node?: string | number): Promise<string> => {
  const call: Call =
    node === undefined ? VERSION : { method: "GET", path: "/nodes/{node}/version", at: { node } };
  return versions(line.transport, String(node ?? ""), line.clock.now(), async () => {
    return decode(call, await send(line, call), Version).version;
  });
};

/** A call that stands for all of its errand. */
const anyOf = ({ effect, node }: Errand): Call => ({
  method: effect === "read" ? "GET" : "POST",
  ...(node === undefined ? { path: "/" } : { path: "/nodes/{node}", at: { node } }),
});

/** Speaks to one cluster through `transport`, and logs each call by its template. */
export function proxmoxClient(cluster: string, transport: Transport, port: ClientPort): Proxmox {
  const { breaker } = port;
  const quorate = async () => (await clusterStatus(self)).quorate;
  const line: Line = { ...port, cluster, transport, quorate };
  const self: Proxmox = {
    cluster,
    async call(call, data) {
      const endpoint = `${call.method} ${call.path}`;
      const sent = Object.entries(call.params ?? {}).filter(([, value]) => value !== undefined);
      const names = [...sent.map(([name]) => name), ...Object.keys(call.upload?.fields ?? {})];
      if (isGated(endpoint, names)) {
        const reason = unavailable(await versionOf(line, call.at?.["node"]), endpoint, names);
        if (reason) throw new ProxmoxError("permanent", refusalOf(call, 501, reason));
      }
      return decode(call, await send(line, call), data);
    },
    before: (instant) => ({
      ...self,
      call: (call, data) => self.call(call.method === "GET" ? call : { ...call, before: instant }, data),
    }),
    offers: async (endpoint, params = [], node) =>
      !isGated(endpoint, params) || unavailable(await versionOf(line, node), endpoint, params) === undefined,
    async heldBack(errand) {
      const open = await breaker?.peek(errand);
      return open && heldBack(anyOf(errand), open);
    },
    report: async (errand, lesson) => breaker?.learn(errand, lesson),
  };
  return self;
}
