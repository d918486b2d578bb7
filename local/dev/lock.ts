import { mkdirSync, realpathSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../core/lib/canonical.ts";

/** A socket and not a file with a process id: it cannot outlive its process, not even as a zombie. */
function addressOf(dir: string): string {
  const name = `moxxie-${sha256(realpathSync(dir)).slice(0, 20)}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

function listen(address: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.end(String(process.pid)));
  server.unref();
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      "code" in error && error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => resolve(server));
  });
}

/** The process that answers there; undefined when the socket is a dead one's. */
function holderOf(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(address);
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.once("error", () => resolve(undefined));
    socket.once("end", () => resolve(text));
  });
}

/** One server a folder: two would write over each other. */
export async function lock(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const address = addressOf(dir);
  if (await listen(address)) return;
  const holder = await holderOf(address);
  if (holder !== undefined) {
    throw new Error(`process ${holder} uses ${dir} already; stop it, or choose another folder with --data`);
  }
  rmSync(address, { force: true });
  if (!(await listen(address))) throw new Error(`another process is just starting in ${dir}`);
}
