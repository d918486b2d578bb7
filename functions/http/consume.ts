import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { World } from "../../core/context.ts";
import { liveWorld } from "./live.ts";
import type { WorldMaker } from "./mount.ts";
import { tables } from "./needs/tables.ts";
import type { Provider } from "./provider.ts";

type Consumer = (event: SQSEvent) => Promise<SQSBatchResponse>;

/** What a worker does with one message; `owner` is the same at every delivery of it. */
type Work = (world: World, message: unknown, owner: string) => Promise<void>;

/** A Lambda handler for a queue. A message that fails comes again; the others of its batch are done. */
export const consume =
  (needs: readonly Provider[], work: Work) =>
  (makeWorld: WorldMaker = liveWorld): Consumer => {
    let world: World | undefined;
    const one = async (record: SQSRecord) => {
      world ??= makeWorld([tables, ...needs], "write");
      try {
        await work(world, JSON.parse(record.body), record.messageId);
        return [];
      } catch (error) {
        world.log.error("message", { messageId: record.messageId, error });
        return [{ itemIdentifier: record.messageId }];
      }
    };
    return async (event) => ({ batchItemFailures: (await Promise.all(event.Records.map(one))).flat() });
  };

/** A Lambda handler for a timer. An error is for the log and the alarm; the next tick tries again. */
export const onTimer =
  (needs: readonly Provider[], work: (world: World) => Promise<unknown>) =>
  (makeWorld: WorldMaker = liveWorld) => {
    let world: World | undefined;
    return async (): Promise<void> => {
      world ??= makeWorld([tables, ...needs], "write");
      await work(world);
    };
  };
