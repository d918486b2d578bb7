import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { upload } from "../../../core/proxmox/index.ts";
import { multipart, uploadComplaint, type Upload } from "../../../core/proxmox/upload.ts";
import { undiciTransport } from "../../../core/proxmox/undici.ts";
import { VERSIONS } from "../../../local/proxmox/index.ts";
import { listener } from "./listener.ts";
import { passwordOf, served } from "./stage.ts";

const CHUNK = new Uint8Array(64 * 1024).fill(0xfe);

async function* chunks(count: number) {
  for (let n = 0; n < count; n++) yield CHUNK;
}

const file = (count: number, more: Partial<Upload> = {}): Upload => ({
  fields: { content: "iso" },
  filename: "a.iso",
  size: count * CHUNK.length,
  content: () => chunks(count),
  ...more,
});

const place = { node: "pve1", storage: "local" };
const iso = (count: number) => ({ ...file(count), kind: "iso" as const });
const sum = (count: number) =>
  Array.from({ length: count }).reduce<ReturnType<typeof createHash>>(
    (hash) => hash.update(CHUNK),
    createHash("sha256"),
  );

test.each(VERSIONS)(
  "%s: a file of two megabytes arrives whole, in a stream, with its checksum",
  async (release) => {
    const { client, simulator } = await served({ version: release, speed: 1000 });
    const checksum = { algorithm: "sha256" as const, value: sum(32).digest("hex") };
    for (const credential of [{ token: simulator.token }, passwordOf(simulator)]) {
      const upid = await upload(client({ credential }), place, { ...iso(32), checksum });
      await expect.poll(() => simulator.state.tasks[upid]?.exitstatus).toBe("OK");
    }
    const kept = Object.values(simulator.dump().volumes ?? {}).flat();
    expect(JSON.stringify(kept)).toContain(String(32 * CHUNK.length));
  },
);

test("the length is told before the body, and nothing is chunked", async () => {
  const { url, fingerprint, heard } = await listener({
    answer: 'HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{"data":null}',
  });
  const target = {
    cluster: "m",
    endpoints: [url],
    fingerprints: [fingerprint],
    credential: { token: "a@b!c=d" },
  };
  const sent = file(0, { size: 2, content: () => small() });
  await undiciTransport(target)({
    method: "POST",
    target: "/u",
    upload: sent,
    timeoutMs: 5000,
    kind: "upload",
  });
  const [head = ""] = heard.join("").split("\r\n\r\n");
  expect(head).not.toMatch(/transfer-encoding/i);
  const told = Number(/content-length: (\d+)/.exec(head)?.[1]);
  expect(told).toBe(multipart(sent, `moxxie-${"0".repeat(36)}`).length);
});

async function* small() {
  yield new TextEncoder().encode("ab");
}

test("a file that is shorter or longer than was told breaks off, and is never sent again", async () => {
  const { client, simulator } = await served();
  for (const size of [CHUNK.length * 4 - 1, CHUNK.length * 4 + 1])
    await expect(upload(client(), place, { ...iso(4), size })).rejects.toMatchObject({
      meaning: "ambiguous",
    });
  expect(Object.values(simulator.state.tasks).filter(({ type }) => type === "imgcopy")).toEqual([]);
});

test("a body is as long as it says, and each field is one part", async () => {
  const sent = file(2, { fields: { content: "iso", checksum: "é" } });
  const { body, length, type } = multipart(sent, "B");
  const bytes = Buffer.concat(await Array.fromAsync(body()));
  expect(bytes.length).toBe(length);
  expect(type).toBe("multipart/form-data; boundary=B");
  expect(bytes.toString("utf8").split("--B").length).toBe(5);
});

test.each([
  [{ filename: "" }, "the file name"],
  [{ filename: 'a"; x="b' }, "the file name"],
  [{ filename: "a\r\nb" }, "the file name"],
  [{ filename: "../a" }, "the file name"],
  [{ size: -1 }, "the size"],
  [{ size: Number.NaN }, "the size"],
  [{ fields: { content: "iso\r\n--B" } }, "the field content"],
  [{ fields: { 'a"b': "iso" } }, "the field name"],
])("%j is not sent", async (more, complaint) => {
  expect(uploadComplaint(file(1, more))).toContain(complaint);
});

test("a name that would break out of its part is refused before anything is sent", async () => {
  const { client, simulator } = await served();
  simulator.resetCounters();
  const hostile = { ...iso(1), filename: 'a.iso"\r\n\r\nargs=1' };
  await expect(upload(client(), place, hostile)).rejects.toMatchObject({ meaning: "permanent" });
  expect(simulator.counters().total.requests).toBe(0);
});
