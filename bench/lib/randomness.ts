import type { Dice } from "./dice.ts";

/**
 * Runs something with the process's own source of randomness replaced by dice, so that ids come out the same again. The
 * ids of operations decide the order of lanes and of audit chains, so a world cannot be repeated without this.
 */
export async function withDice<T>(dice: Dice, work: () => Promise<T>): Promise<T> {
  const value = <Bytes extends Uint8Array>(bytes: Bytes): Bytes => {
    for (let at = 0; at < bytes.length; at++) bytes[at] = Math.floor(dice.roll() * 256);
    return bytes;
  };
  Object.defineProperty(globalThis.crypto, "getRandomValues", { value, configurable: true });
  try {
    return await work();
  } finally {
    Reflect.deleteProperty(globalThis.crypto, "getRandomValues");
  }
}
