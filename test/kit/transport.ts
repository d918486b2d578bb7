import { NoAnswer, type Target, type Transport, type WireRequest } from "../../core/proxmox/index.ts";
import { multipart } from "../../core/proxmox/upload.ts";
import { ConnectionLost, type Simulator } from "../../local/proxmox/index.ts";

const FORM = "application/x-www-form-urlencoded";

/** The body as the simulator takes it: of an upload, one character per byte. */
async function content({ body, upload }: WireRequest) {
  if (!upload) return { body, headers: body === undefined ? {} : { "content-type": FORM } };
  const { type, body: pieces } = multipart(upload);
  const bytes = Buffer.concat(await Array.fromAsync(pieces()));
  return { body: bytes.toString("latin1"), headers: { "content-type": type } };
}

/** Carries requests straight into a simulator, in this process and in its time. */
export const simulatorTransport =
  (simulator: Simulator, target: Target): Transport =>
  async (wire) => {
    if (!("token" in target.credential)) throw new Error("this transport knows tokens only");
    const { body, headers: own } = await content(wire);
    const headers = { authorization: `PVEAPIToken=${target.credential.token}`, ...own };
    try {
      const { method } = wire;
      const answer = await simulator.handle({ method, target: `/api2/json${wire.target}`, headers, body });
      return { status: answer.status, reason: answer.reason, body: answer.body };
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      throw new NoAnswer(error.message, error.code !== "ECONNREFUSED", error);
    }
  };
