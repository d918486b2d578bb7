import * as z from "zod";
import type { startDev } from "../test/kit/dev.ts";

/** A dev server as a process. */
export type Dev = Awaited<ReturnType<typeof startDev>>;

const Operation = z.object({ id: z.string(), state: z.string() });
const BODY = { select: { all: true }, name: "{vm}-{datetime}", ttl: "4h" };

/** A dev server that is killed and started again on the same folder. */
export class Victim {
  dev: Dev;
  functionsKilled = 0;
  serversKilled = 0;
  readonly #start: () => Promise<Dev>;

  constructor(dev: Dev, start: () => Promise<Dev>) {
    this.dev = dev;
    this.#start = start;
  }

  /** Asks for a snapshot of every guest; the id of the operation. */
  async begin(): Promise<string> {
    const { json } = await this.dev.request("/v1/bulk/snapshots", BODY);
    return Operation.parse(json).id;
  }

  /** False also while nobody answers. */
  async hasEnded(operation: string): Promise<boolean> {
    const answer = await this.dev.request(`/v1/operations/${operation}`).catch(() => undefined);
    if (answer?.status !== 200) return false;
    const { state } = Operation.parse(answer.json);
    return state !== "queued" && state !== "running";
  }

  /** Kills the process in which all functions run; the server starts it again. */
  killFunctions(): void {
    const pid = this.dev.functionsPid();
    if (!Number.isInteger(pid)) return;
    process.kill(pid, "SIGKILL");
    this.functionsKilled += 1;
  }

  /** Kills the server with all that is in it, and starts another. */
  async killServer(): Promise<void> {
    await this.dev.kill();
    this.serversKilled += 1;
    this.dev = await this.#start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dev.kill();
  }
}
