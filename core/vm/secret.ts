import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import * as z from "zod";
import type { World } from "../context.ts";
import type { Change } from "../db/index.ts";
import { Fault } from "../lib/fault.ts";
import type { Options } from "../proxmox/index.ts";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DAY_SECONDS = 86_400;

const keyOf = (operation: string) => ({ pk: `secret#${operation}`, sk: "sealed" });

/** A key of its own for each operation, so that no sealed text opens under another. */
const cipherKey = (key: string, operation: string) =>
  Buffer.from(hkdfSync("sha256", key, operation, "moxxie guest secrets", 32));

/** The row that keeps secret options of an operation, encrypted, until it is over; `seconds` is how long it may take to begin. */
function sealed(
  world: Pick<World, "clock" | "sealing">,
  operation: string,
  { options, seconds }: { readonly options: Options; readonly seconds: number },
): Change {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, cipherKey(world.sealing.key, operation), nonce);
  const text = [nonce, cipher.update(JSON.stringify(options), "utf8"), cipher.final()];
  const expiresAt = Math.floor(world.clock.now().getTime() / 1000) + seconds + 2 * DAY_SECONDS;
  const sealedText = Buffer.concat([...text, cipher.getAuthTag()]).toString("base64");
  return { table: "State", put: { ...keyOf(operation), sealed: sealedText, expiresAt } };
}

const Row = z.object({ sealed: z.string(), expiresAt: z.number() });
const Opened = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const gone = () =>
  new Fault(
    "conflict",
    "vm.secret-gone",
    "The password and keys of this operation are no longer kept, or cannot be read any more.",
  );

function decipher(key: string, operation: string, text: string): string {
  const bytes = Buffer.from(text, "base64");
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const opener = createDecipheriv(CIPHER, cipherKey(key, operation), nonce, {
    authTagLength: TAG_BYTES,
  });
  opener.setAuthTag(bytes.subarray(-TAG_BYTES));
  const body = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
  return Buffer.concat([opener.update(body), opener.final()]).toString("utf8");
}

/** The secret options of an operation; a conflict when they are gone. */
export async function opened(
  world: Pick<World, "store" | "clock" | "sealing">,
  operation: string,
): Promise<Options> {
  const row = Row.safeParse(await world.store.get("State", keyOf(operation))).data;
  if (!row || row.expiresAt * 1000 <= world.clock.now().getTime()) throw gone();
  try {
    return Opened.parse(JSON.parse(decipher(world.sealing.key, operation, row.sealed)));
  } catch {
    throw gone();
  }
}

/** Forgets them. */
export const forgotten = (operation: string): Change => ({ table: "State", remove: keyOf(operation) });

/** What an order says of secret options: the row that keeps them, written with it; nothing where there are none. */
export function sealedAlong(
  world: Pick<World, "clock" | "sealing">,
  options: Options,
  deadlineSeconds: number = DAY_SECONDS,
): { readonly alongside?: (operation: string) => readonly Change[] } {
  if (Object.keys(options).length === 0) return {};
  return { alongside: (operation) => [sealed(world, operation, { options, seconds: deadlineSeconds })] };
}
