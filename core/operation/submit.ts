import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { forbiddenCode, ProxmoxError, type Proxmox } from "../proxmox/index.ts";
import { blocked } from "./blocked.ts";
import { ageMs } from "./exit.ts";
import { forgiven, success, type Effect } from "./effect.ts";
import { itemKey, type ItemRow } from "./item.ts";
import { sendItems } from "./message.ts";
import { endOrGoOn } from "./onward.ts";
import { relist } from "./relist.ts";
import type { Intended } from "./proceed.ts";
import { requeue } from "./requeue.ts";
import { seekGuest } from "./seek-guest.ts";
import { untilSeconds } from "./until.ts";

/** Attempts at something whose name or number others keep taking. */
const RETAKEN = 20;
const UNSENT_SECONDS = 1;
const LOCKED_SECONDS = 10;
const PAUSE_SECONDS = 30;
const CREDENTIAL_SECONDS = 60;

/** Keeps the UPID before anything else can fail; `adopted` when it was found and not answered. */
export async function sent(
  world: World,
  item: ItemRow,
  upid: string,
  adopted: boolean = false,
): Promise<void> {
  const when = { equals: { fence: item.fence, state: "intent" } };
  const update = itemKey(item.operation, item.n);
  try {
    await world.store.write([
      { table: "History", update, set: { state: "sent", upid, adopted, reason: null }, when },
    ]);
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
  }
}

/** Seconds until a request is tried again that did not arrive, or that the whole cluster refuses just now. */
function pauseOf(world: World, item: ItemRow, error: ProxmoxError): number | undefined {
  if (error.meaning === "unsent")
    return (
      untilSeconds(world, error, item) ?? Math.min(PAUSE_SECONDS, UNSENT_SECONDS * 2 ** (item.attempts - 1))
    );
  if (error.meaning === "quorum") return untilSeconds(world, error, item) ?? PAUSE_SECONDS;
  if (error.meaning === "credentials") return untilSeconds(world, error, item) ?? CREDENTIAL_SECONDS;
  return undefined;
}

async function refused(world: World, item: ItemRow, effect: Effect, error: ProxmoxError): Promise<void> {
  const reason = error.message;
  if (error.meaning === "ambiguous") {
    const { operation, n, fence } = item;
    const waited = ageMs(world, item) / 1000 + UNSENT_SECONDS;
    return sendItems(world, item.lane, [{ operation, n, seen: fence, waited }], UNSENT_SECONDS);
  }
  const pardon = effect.forgives?.(item, reason);
  if (pardon !== undefined) return endOrGoOn(world, item, effect, forgiven(item, effect, pardon));
  const delaySeconds = pauseOf(world, item, error);
  if (delaySeconds !== undefined) return requeue(world, item, reason, { delaySeconds, keepsSlot: true });
  if (item.attempts < RETAKEN && effect.retaken?.(error, item) === true)
    return requeue(world, item, reason, { delaySeconds: UNSENT_SECONDS });
  if (error.meaning === "wait") return blocked(world, item, effect, { reason, delaySeconds: LOCKED_SECONDS });
  if (error.meaning === "moved" && (await seekGuest(world, item, reason))) return;
  const code = error.meaning === "moved" ? "vm.missing" : "proxmox.refused";
  await endOrGoOn(world, item, effect, {
    state: "failed",
    code: error.refusal.status === 403 ? forbiddenCode(error.refusal.reason) : code,
    reason,
  });
}

/** Asks Proxmox once, for an item whose intent is stored, and keeps what comes of it. */
export async function submit(
  world: World,
  proxmox: Proxmox,
  { item, before }: Intended,
  effect: Effect,
): Promise<void> {
  try {
    const upid = await effect.send(before === undefined ? proxmox : proxmox.before(before), item, world);
    if (upid !== undefined) return await sent(world, item, upid);
    await endOrGoOn(world, item, effect, success(item, effect));
    await relist(world, item.lane, [effect]);
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    await refused(world, item, effect, error);
  }
}
