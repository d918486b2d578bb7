import { expect, test } from "vitest";
import { proxmoxClient, ProxmoxError, toFault } from "../../../core/proxmox/index.ts";
import { VERSIONS } from "../../../local/proxmox/index.ts";
import { lab } from "../../kit/lab.ts";
import { calls, SUBJECTS } from "./calls.ts";

const UPID = "UPID:pve1:0002A4F1:019C1B7E:6740F2C5:qmstart:101:root@pam:";
const json = (data: unknown) => JSON.stringify({ data });

/** Answers that no Proxmox gives; each could come from whoever stands in its place. */
const HOSTILE: Readonly<Record<string, { status: number; reason: string; body: string }>> = {
  "a web page": { status: 200, reason: "OK", body: "<html><script>alert(1)</script></html>" },
  "nothing at all": { status: 200, reason: "OK", body: "" },
  "a list where an object is meant, and the other way round": { status: 200, reason: "OK", body: json([[]]) },
  "a number": { status: 200, reason: "OK", body: json(5) },
  "numbers where texts are meant": {
    status: 200,
    reason: "OK",
    body: json([{ type: 1, upid: 2, name: 3, vmid: {} }]),
  },
  "a prototype": {
    status: 200,
    reason: "OK",
    body: '{"data":{"__proto__":{"status":"running"}},"__proto__":{"data":"x"}}',
  },
  "a UPID that leads elsewhere": {
    status: 200,
    reason: "OK",
    body: json(UPID.replace("pve1", "../../access")),
  },
  "a UPID with a second line": { status: 200, reason: "OK", body: json(`${UPID}\nX`) },
  "ten thousand brackets": {
    status: 200,
    reason: "OK",
    body: `{"data":${"[".repeat(10_000)}${"]".repeat(10_000)}}`,
  },
  "errors that are none": {
    status: 400,
    reason: "no",
    body: '{"errors":["a",5],"message":{"a":1},"data":null}',
  },
  "a redirect": { status: 302, reason: "Found", body: "" },
  "a status that nobody knows": { status: 418, reason: "I'm a teapot", body: "" },
};

test.each(VERSIONS)(
  "%s: whatever comes back is an answer that is known or a ProxmoxError, and no write is sent twice",
  async (version) => {
    const { clock, simulator, world } = await lab({ version });
    const target = {
      cluster: "main",
      endpoints: [],
      fingerprints: [],
      credential: { token: simulator.token },
    };
    const proxmox = proxmoxClient("main", world.dial(target), { clock, log: world.log });
    for (const [name, answer] of Object.entries(HOSTILE)) {
      simulator.faults.clear();
      simulator.faults.add({ match: {}, do: "answer", ...answer });
      for (const call of calls(SUBJECTS)) {
        simulator.resetCounters();
        const asked: Promise<unknown> = call(proxmox).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        const error = await clock.until(asked);
        expect([name, error instanceof ProxmoxError]).toEqual([name, true]);
        if (error instanceof ProxmoxError) toFault(error);
        expect(simulator.counters().total.requests).toBeLessThanOrEqual(1);
      }
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  },
);
