import { randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";
import { systemClock } from "../../../core/lib/clock.ts";
import { startScheduler } from "../../../local/aws/scheduler.ts";
import { startSqs } from "../../../local/aws/sqs.ts";
import { virtualClock } from "../../kit/clock.ts";
import { credentials, schedulerClient, sqsClient } from "./clients.ts";

/** Set to run the batteries with the account of the environment instead of the embedded parts; time is real then. */
export const onAws = process.env["MOXXIE_TEST_AWS"] === "1";

/** A name no other run uses. */
export const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;

/** An SQS client with something behind it, and a way to let time pass. */
export async function sqsStage() {
  if (onAws) return { client: sqsClient(), pass: (seconds: number) => systemClock.sleep(seconds * 1000) };
  const clock = virtualClock();
  const server = await startSqs({ clock, credentials });
  const client = sqsClient(server.url);
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  return { client, pass: (seconds: number) => clock.advance(seconds * 1000) };
}

/** A Scheduler client with something behind it, and a way to let time pass. */
export async function schedulerStage() {
  if (onAws)
    return {
      client: schedulerClient(),
      pass: (seconds: number) => systemClock.sleep(seconds * 1000),
      fired: [],
    };
  const clock = virtualClock();
  const fired: string[] = [];
  const invoke = async (_target: unknown, input: string) => void fired.push(input);
  const server = await startScheduler({ clock, credentials, invoke });
  const client = schedulerClient(server.url);
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  return { client, pass: (seconds: number) => clock.advance(seconds * 1000), fired };
}
