import { parentPort } from "node:worker_threads";
import * as z from "zod";
import { runWorld } from "./world-run.ts";

// One world after the other: a process has one source of randomness, which a world makes its own.
parentPort?.on("message", (message: unknown) => {
  void runWorld(z.number().parse(message)).then((outcome) => parentPort?.postMessage(outcome, []));
});
