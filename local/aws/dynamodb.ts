import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { findDynoxide } from "./dynoxide.ts";

/** A DynamoDB endpoint for the SDK's own client. */
export interface Dynamodb {
  readonly url: string;
  stop(): Promise<void>;
}

interface Options {
  /** Folder of the database file; without it the tables live in memory. */
  readonly dir?: string | undefined;
  readonly port?: number | undefined;
  /** An endpoint that runs already, and the program to run when there is none. */
  readonly endpoint?: string | undefined;
  readonly program?: string | undefined;
}

const HOW_TO_GET_ONE = `No DynamoDB to run on this machine. Either
  - install the optional package: npm install (Linux on x64 gets @dynoxide/linux-x64), or put "dynoxide" on PATH, or
  - run DynamoDB Local, e.g. docker run -p 8000:8000 amazon/dynamodb-local,
    and set DYNAMODB_ENDPOINT=http://127.0.0.1:8000`;

// The shell ends the database when its input closes, and that happens even when we are killed with -9.
const ENDS_WITH_PARENT = `exec 3<&0; "$@" & child=$!; { cat <&3 >/dev/null; kill $child; } & wait $child`;

/** How often a start is tried again when another process took the port first. */
const ATTEMPTS = 3;

/** Starts a DynamoDB on 127.0.0.1, or uses the one DYNAMODB_ENDPOINT names; ready when this resolves. */
export async function startDynamodb(options: Options = {}): Promise<Dynamodb> {
  const { endpoint = process.env["DYNAMODB_ENDPOINT"], program = findDynoxide() } = options;
  if (endpoint) return { url: endpoint, stop: () => Promise.resolve() };
  if (program === undefined) throw new Error(HOW_TO_GET_ONE);
  let complaint: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      return await launch(program, await freePort(options.port), options.dir);
    } catch (error) {
      complaint = error;
    }
  }
  throw complaint;
}

async function launch(program: string, port: number, dir: string | undefined): Promise<Dynamodb> {
  if (dir !== undefined) mkdirSync(dir, { recursive: true });
  const file = dir === undefined ? [] : ["--db-path", join(dir, "dynamodb.sqlite")];
  const serve = [program, "serve", "--host", "127.0.0.1", "--port", String(port), ...file];
  // Detached, so that Ctrl-C in a terminal leaves it running until we have stopped in good order.
  const child = spawn("sh", ["-c", ENDS_WITH_PARENT, "sh", ...serve], {
    stdio: ["pipe", "ignore", "pipe"],
    detached: true,
  });
  const said: string[] = [];
  child.stderr.on("data", (chunk) => said.splice(0, said.length, said.join("").slice(-2000), String(chunk)));
  child.stdin.on("error", () => undefined);
  const exited = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => {
      child.stdin.destroy();
      resolve();
    });
  });
  const stop = async () => {
    child.stdin.end();
    const timer = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, "SIGKILL"), 3000);
    await exited;
    clearTimeout(timer);
  };

  const url = `http://127.0.0.1:${port}`;
  const running = await Promise.race([answers(url), exited.then(() => false)]);
  if (running) return { url, stop };
  await stop();
  throw new Error(`${program} did not start on port ${port}: ${said.join("").slice(-500)}`);
}

async function answers(url: string): Promise<boolean> {
  for (let tries = 0; tries < 500; tries += 1) {
    try {
      await fetch(url, { signal: AbortSignal.timeout(1000) });
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return false;
}

/** The wanted port, or any; fails when somebody listens there, who would else be taken for our database. */
function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === "object" ? address.port : 0));
    });
  });
}
