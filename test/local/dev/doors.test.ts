import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import * as z from "zod";
import { dataFolder, startDev } from "../../kit/dev.ts";

const LISTENS = "0A";
const Info = z.object({ proxmoxUrl: z.string(), proxmoxToken: z.string() });

/** A process and all that it has started. */
function family(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  return [pid, ...children.flatMap((child) => family(Number(child)))];
}

const socketsOf = (pid: number) =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });

/** The TCP ports on which a server and its children listen, with the address: what any user of this machine can see. */
function listening(pid: number): { port: number; address: string }[] {
  const own = new Set(family(pid).flatMap(socketsOf));
  const lines = ["tcp", "tcp6"].flatMap((kind) =>
    readFileSync(`/proc/${pid}/net/${kind}`, "utf8").split("\n"),
  );
  return lines.flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    const [address = "", port = ""] = local.split(":");
    return state === LISTENS && own.has(inode) ? [{ address, port: Number.parseInt(port, 16) }] : [];
  });
}

/** Sends a request as it is; all that comes back until the connection is closed. */
async function raw(port: number, tls: boolean, head: readonly string[]): Promise<string> {
  const at = { port, host: "127.0.0.1", rejectUnauthorized: false };
  const socket = tls ? connectTls(at) : connect(at);
  let answer = "";
  socket.on("data", (chunk) => (answer += chunk.toString()));
  socket.on("error", () => undefined);
  socket.write([...head, "connection: close", "", ""].join("\r\n"));
  await once(socket, "close");
  return answer;
}

/** What a web page can make a browser send: by its own name, by a name that was made to mean 127.0.0.1, by a form. */
const pages = (port: number) => [
  [`GET /v1/vms HTTP/1.1`, `host: 127.0.0.1:${port}`, "origin: https://evil.example"],
  [`GET /docs HTTP/1.1`, `host: 127.0.0.1:${port}`, "sec-fetch-site: cross-site", "sec-fetch-mode: no-cors"],
  [`GET /docs HTTP/1.1`, `host: evil.example:${port}`],
  [`GET /docs HTTP/1.1`, `host: 127.0.0.1:${port}`, "origin: null"],
  [`POST /v1/jobs HTTP/1.1`, `host: localhost:${port}`, "origin: https://evil.example", "content-length: 0"],
  [
    `OPTIONS / HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    "origin: https://evil.example",
    "access-control-request-method: POST",
    "access-control-request-headers: x-amz-target,x-api-key",
  ],
];

test("F1: no port of a dev server answers a web page, a foreign name, or a user of this machine without a key", async () => {
  await using folder = await dataFolder();
  await using dev = await startDev(folder.dir);
  const { proxmoxUrl } = Info.parse(JSON.parse(readFileSync(join(folder.dir, "dev.json"), "utf8")));
  const [api, proxmox] = [dev.url, proxmoxUrl].map((url) => Number(new URL(url).port));
  const found = listening(dev.pid);
  // The API, Proxmox, DynamoDB, SQS and the Scheduler; the database itself listens nowhere.
  expect(found.map(({ address }) => address)).toEqual(found.map(() => "0100007F"));
  expect(found).toHaveLength(5);
  for (const { port } of found) {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: "eu-central-1",
      credentials,
      maxAttempts: 1,
    });
    await expect(client.send(new ListTablesCommand({}))).rejects.toThrow(/./);
    for (const page of pages(port)) {
      const answer = await raw(port, port === proxmox, page);
      expect({ port, page, answer }).toEqual({
        port,
        page,
        answer: expect.stringMatching(/^HTTP\/1\.1 4\d\d /),
      });
      expect(answer).not.toMatch(/access-control-allow/i);
    }
  }
  const own = [`host: localhost:${api}`, `origin: http://localhost:${api}`, "sec-fetch-site: same-origin"];
  expect(await raw(api ?? 0, false, ["GET /docs HTTP/1.1", ...own])).toMatch(/^HTTP\/1\.1 200 /);
  const link = [`host: 127.0.0.1:${api}`, "sec-fetch-site: cross-site", "sec-fetch-mode: navigate"];
  expect(await raw(api ?? 0, false, ["GET /docs HTTP/1.1", ...link])).toMatch(/^HTTP\/1\.1 200 /);
});

test("F1: the simulated cluster has a token and a password of its own in each folder", async () => {
  await using one = await dataFolder();
  await using other = await dataFolder();
  const tokens = [];
  for (const { dir } of [one, other]) {
    await using dev = await startDev(dir);
    expect(dev.pid).toBeGreaterThan(0);
    tokens.push(Info.parse(JSON.parse(readFileSync(join(dir, "dev.json"), "utf8"))).proxmoxToken);
    expect(readFileSync(join(dir, "proxmox.json"), "utf8")).not.toContain("moxxie-dev");
  }
  expect(tokens[0]).not.toBe(tokens[1]);
});
