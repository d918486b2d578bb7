import * as z from "zod";
import { undiciTransport } from "../../../core/proxmox/undici.ts";

const Event = z.object({
  endpoint: z.string(),
  fingerprint: z.string(),
  token: z.string(),
  /** A guest to snapshot. */
  guest: z.string(),
});

/** Only what hangs is cut off. */
const LIMIT_MS = 580_000;
const FILE = Buffer.from("an image");

async function* content() {
  yield FILE;
}

/** Asks Proxmox in each of the ways in which a body is sent: none, a form and a file. */
export async function handler(event: unknown) {
  const { endpoint, fingerprint, token, guest } = Event.parse(event);
  const credential = { token };
  const send = undiciTransport({
    cluster: "main",
    endpoints: [endpoint],
    fingerprints: [fingerprint],
    credential,
  });
  const upload = { fields: { content: "iso" }, filename: "a.iso", size: FILE.byteLength, content };
  const replies = [
    await send({ method: "GET", target: "/version", timeoutMs: LIMIT_MS }),
    await send({
      method: "POST",
      target: `${guest}/snapshot`,
      body: "snapname=bundled",
      timeoutMs: LIMIT_MS,
    }),
    await send({ method: "POST", target: "/nodes/pve1/storage/local/upload", upload, timeoutMs: LIMIT_MS }),
  ];
  return replies.map(({ status }) => status);
}
