import { createServer, type AddressInfo, type Server } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { onTestFinished } from "vitest";
import { fingerprintOf, makeCertificate } from "../../../local/proxmox/certificate.ts";

const isAddress = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === "object" && address !== null;

/** Waits until a server listens on loopback; its port. */
export async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return isAddress(address) ? address.port : 0;
}

/** A TLS server that keeps the bytes that it is sent. It says `answer` to whatever comes, or nothing; or it hangs up. */
export async function listener(behaviour: { drop?: boolean; answer?: string; tls?: TlsOptions } = {}) {
  const certificate = await makeCertificate();
  const heard: string[] = [];
  const server = createTlsServer({ ...certificate, ...behaviour.tls }, (socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      heard.push(data.toString("latin1"));
      if (behaviour.drop) socket.destroy();
      else if (behaviour.answer !== undefined) socket.end(behaviour.answer);
    });
    onTestFinished(() => void socket.destroy());
  });
  server.on("tlsClientError", () => undefined);
  onTestFinished(() => void server.close());
  return {
    url: `https://127.0.0.1:${await listening(server)}`,
    fingerprint: fingerprintOf(certificate),
    certificate,
    heard,
  };
}

/** The endpoint of a port where nobody listens. */
export async function nobody(): Promise<string> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return `https://127.0.0.1:${port}`;
}
