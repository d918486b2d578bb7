import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";

const Reply = z.object({ id: z.number(), result: z.unknown().optional(), error: z.string().optional() });

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };

/** The process in which the functions run, apart from everything else. It is started again when it dies. */
export class Host {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #log: (line: string) => void;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #stopped = false;
  #child: ChildProcess;

  /** `log` is called with each line that the functions write. */
  constructor(environment: Record<string, string>, log: (line: string) => void) {
    this.#log = log;
    this.#environment = { PATH: process.env["PATH"], TZ: "UTC", ...environment };
    this.#child = this.#start();
  }

  #start(): ChildProcess {
    const file = join(import.meta.dirname, "functions.ts");
    const child = fork(file, { env: this.#environment, stdio: ["ignore", "pipe", "pipe", "ipc"] });
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface(stream).on("line", this.#log);
    child.on("message", (message) => this.#settle(message));
    child.once("exit", () => this.#ended());
    return child;
  }

  #settle(message: unknown): void {
    const { id, result, error } = Reply.parse(message);
    const call = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(error));
  }

  #ended(): void {
    for (const call of this.#waiting.values()) call.reject(new Error("the functions' process ended"));
    this.#waiting.clear();
    if (!this.#stopped) this.#child = this.#start();
  }

  /** Calls a function's handler; rejects when it throws, or when its process dies. */
  invoke(file: string, event: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, file, event }, (error) => {
        if (error && this.#waiting.delete(id)) reject(error);
      });
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill();
    await gone;
  }
}
