import type { World } from "../context.ts";
import { LostRace, type Change } from "../db/index.ts";
import type { OperationRow } from "./operation.ts";

type Waiting = Pick<OperationRow, "id" | "createdAt" | "stoppedAt">;

/** Since when it waits, by which one wait is told from the next. */
const since = ({ createdAt, stoppedAt }: Waiting) => stoppedAt ?? createdAt;

/** Where an operation waits until its messages are surely on their way. */
export const outboxKey = (operation: string) => ({ pk: "outbox", sk: operation });

/** The change that makes the sweeper send an operation to the worker `expand`, until that has done what there is to do. */
export const intoOutbox = (operation: Waiting): Change => ({
  table: "History",
  put: { ...outboxKey(operation.id), at: since(operation) },
});

/** Takes an operation out of the outbox, unless it was put there again since it was read: it may be cancelled by now. */
export async function leaveOutbox(world: World, operation: Waiting): Promise<void> {
  const when = { equals: { at: since(operation) } };
  await world.store
    .write([{ table: "History", remove: outboxKey(operation.id), when }])
    .catch((error: unknown) => {
      if (!(error instanceof LostRace)) throw error;
    });
}
