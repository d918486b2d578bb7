import { randomUUID } from "node:crypto";
import { AwsError } from "./aws-error.ts";
import { serve } from "./http.ts";
import type { Call, Door, Reply } from "./http.ts";
import { route } from "./scheduler-routes.ts";
import type { SchedulesOptions } from "./schedule-tick.ts";
import { createSchedules } from "./schedules.ts";
import type { Schedules } from "./schedules.ts";

/** EventBridge Scheduler on the loopback address, for the SDK's own client. */
export interface Scheduler {
  readonly url: string;
  /** The same schedules in process; `tick` fires what is due. */
  readonly schedules: Schedules;
  stop(): Promise<void>;
}

interface Options extends SchedulesOptions, Pick<Door, "credentials" | "port"> {
  /** Milliseconds between ticks, 1000 unless given; 0 leaves ticking to the caller. */
  readonly every?: number | undefined;
}

/** Starts a scheduler that speaks REST-JSON and fires by itself. */
export async function startScheduler(given: Options): Promise<Scheduler> {
  const { credentials, port, every = 1000, ...options } = given;
  const schedules = createSchedules(options);
  const door = { credentials, service: "scheduler", port };
  const server = await serve(async (call) => answer(schedules, call), door);
  const stopped = new AbortController();
  const run = async () => {
    while (!stopped.signal.aborted) {
      // Not awaited: a slow target must not hold up the others.
      void schedules.tick();
      await options.clock.sleep(every);
    }
  };
  if (every > 0) void run();
  return {
    url: server.url,
    schedules,
    async stop() {
      stopped.abort();
      await server.stop();
      schedules.close();
    },
  };
}

function answer(schedules: Schedules, call: Call): Reply {
  const headers = { "content-type": "application/json", "x-amzn-requestid": randomUUID() };
  try {
    return { status: 200, headers, body: route(schedules, call) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return {
      status: error.status,
      headers: { ...headers, "x-amzn-errortype": error.code },
      body: { Message: error.message },
    };
  }
}
