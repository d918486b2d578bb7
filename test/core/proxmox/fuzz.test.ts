import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ENDPOINTS } from "../../../core/proxmox/endpoints.ts";
import {
  backUp,
  config,
  deleteSnapshot,
  proxmoxClient,
  ProxmoxError,
  resizeDisk,
  snapshots,
  takeSnapshot,
  upload,
  type Proxmox,
} from "../../../core/proxmox/index.ts";
import { toWire, type Call } from "../../../core/proxmox/request.ts";
import { factsOf, VERSIONS } from "../../../local/proxmox/facts/index.ts";
import { parseForm } from "../../../local/proxmox/request.ts";
import { lab } from "../../kit/lab.ts";

const EVIL = [
  "\n",
  "\r\n",
  "\0",
  ",",
  ";",
  "=",
  "&",
  "&args=-x",
  ";args=-x",
  "\nargs: -x",
  "hookscript=local:snippets/x",
  "\nhookscript: local:snippets/x",
  "%0a",
  "%00",
  "+",
  " ",
  "/",
  "..",
  "?",
  "#",
  "ü",
  "\u2028",
  "\u0085",
  "[",
  "{",
];
const nasty = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...EVIL) },
      fc.string({ unit: "grapheme", maxLength: 5 }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(""));

const isRefused = (error: unknown) => error instanceof ProxmoxError && error.meaning === "permanent";

/** The request as Proxmox would take it apart, or nothing when it was refused before it was sent. */
function sent(call: Call) {
  try {
    const { target, body } = toWire(call);
    const [path = "", query = ""] = target.split("?");
    return { path, target, body, form: { ...parseForm(query), ...parseForm(body ?? "") } };
  } catch (error) {
    if (!isRefused(error)) throw error;
    return undefined;
  }
}

const METHODS = ["GET", "POST", "PUT", "DELETE"] as const;
const texts = ENDPOINTS.flatMap((endpoint) => {
  const known = VERSIONS.flatMap((version) =>
    factsOf(version).endpoints.filter((one) => `${one.method} ${one.path}` === endpoint),
  );
  const names = known.flatMap(({ params }) =>
    Object.entries(params).flatMap(([name, { type = "string" }]) =>
      type === "string" ? [name.replace("[n]", "0")] : [],
    ),
  );
  return [...new Set(names)].map((name) => ({ endpoint, name }));
});

test("a text in any string parameter of any call stays one value of one key, on one line", () => {
  expect(texts.length).toBeGreaterThan(60);
  fc.assert(
    fc.property(fc.constantFrom(...texts), nasty, ({ endpoint, name }, value) => {
      const method = METHODS.find((one) => endpoint.startsWith(`${one} `)) ?? "GET";
      const path = endpoint.slice(method.length + 1);
      const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, place = ""]) => place);
      const at = Object.fromEntries(places.map((place) => [place, place === name ? value : "100"]));
      const inPath = places.includes(name);
      const request = sent({ method, path, at, ...(inPath ? {} : { params: { [name]: value } }) });
      if (!request) return;
      expect(request.target + (request.body ?? "")).toMatch(/^[!-~]*$/);
      expect(request.path.split("/")).toHaveLength(path.split("/").length);
      expect(request.form).toEqual(inPath ? {} : { [name]: value });
    }),
    { numRuns: 3000 },
  );
});

/** The keys of every guest of the simulator, and every value that has a line break. */
const shapeOf = (state: { guests: Record<number, { config: object }> }) =>
  Object.entries(state.guests).map(([vmid, { config: kept }]) => [vmid, Object.keys(kept).toSorted()]);

const guest = { node: "pve1", type: "qemu" as const, vmid: 101 };
const CALLS: Readonly<Record<string, (proxmox: Proxmox, text: string) => Promise<unknown>>> = {
  snapname: (proxmox, text) =>
    takeSnapshot(proxmox, guest, { snapname: text, description: "", vmstate: false }),
  description: (proxmox, text) =>
    takeSnapshot(proxmox, guest, { snapname: "a1", description: text, vmstate: false }),
  deleted: (proxmox, text) => deleteSnapshot(proxmox, guest, text),
  node: (proxmox, text) => config(proxmox, { ...guest, node: text }),
  size: (proxmox, text) => resizeDisk(proxmox, guest, { disk: "scsi0", size: text }),
  vmid: (proxmox, text) => backUp(proxmox, "pve1", { vmid: text }),
  storage: (proxmox, text) => backUp(proxmox, "pve1", { vmid: "101", storage: text }),
  notes: (proxmox, text) => backUp(proxmox, "pve1", { vmid: "101", "notes-template": text }),
  filename: (proxmox, text) =>
    upload(
      proxmox,
      { node: "pve1", storage: "local" },
      { kind: "iso", filename: text, size: 0, content: async function* () {} },
    ),
};

test.each(VERSIONS)(
  "%s: no text makes a key appear in the config of a guest, nor reaches root's own parameters",
  async (version) => {
    const { clock, simulator, world } = await lab({ version });
    const dial = world.dial({
      cluster: "main",
      endpoints: [],
      fingerprints: [],
      credential: { token: simulator.token },
    });
    const keys = new Set<string>();
    const transport: typeof dial = (wire) => {
      const query = wire.target.split("?")[1] ?? "";
      for (const key of Object.keys({ ...parseForm(query), ...parseForm(wire.body ?? "") })) keys.add(key);
      return dial(wire);
    };
    const proxmox = proxmoxClient("main", transport, { clock, log: world.log });
    const before = shapeOf(simulator.dump());
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(CALLS)), nasty, async (name, text) => {
        const call = CALLS[name]?.(proxmox, text) ?? Promise.resolve();
        const tried = call.catch((error: unknown) => {
          if (!(error instanceof ProxmoxError)) throw error;
        });
        await clock.until(tried);
      }),
      { numRuns: 300 },
    );
    await clock.advance(3_600_000);
    expect(shapeOf(simulator.dump())).toEqual(before);
    const ours = ["snapname", "description", "disk", "size", "vmid", "storage", "notes-template"];
    expect([...keys].filter((key) => !ours.includes(key))).toEqual([]);
  },
);

test.each(VERSIONS)("%s: a description comes back as it was written, lines and all", async (version) => {
  const { clock, simulator, world } = await lab({ version });
  const credential = { token: simulator.token };
  const dial = world.dial({ cluster: "main", endpoints: [], fingerprints: [], credential });
  const proxmox = proxmoxClient("main", dial, { clock, log: world.log });
  const description = "one\nargs: -x\nhookscript: local:snippets/x\n[two]\n%0Aü=;,&+ 100%";
  await clock.until(takeSnapshot(proxmox, guest, { snapname: "a1", description, vmstate: false }));
  await clock.advance(60_000);
  const kept = await clock.until(snapshots(proxmox, guest));
  expect(kept.find(({ name }) => name === "a1")?.description).toBe(description);
  const keys = Object.keys(await clock.until(config(proxmox, guest)));
  expect(keys).not.toContain("args");
  expect(keys).not.toContain("hookscript");
});
