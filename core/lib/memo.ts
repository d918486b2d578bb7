/** More keys than this, and all are forgotten: nobody who asks for ever new ones fills the memory. */
const MOST = 1000;

/**
 * Remembers what was read for so long, by owner (a store, say) and key. Who asks in the meantime waits for the same
 * read; one that failed is forgotten. What it gives may be that much older than the read itself.
 */
export function memo<Value>(milliseconds: number) {
  const owners = new WeakMap<object, Map<string, { readonly at: number; readonly value: Promise<Value> }>>();
  return async (owner: object, key: string, now: Date, read: () => Promise<Value>): Promise<Value> => {
    const known = owners.get(owner) ?? new Map<string, { at: number; value: Promise<Value> }>();
    owners.set(owner, known);
    const found = known.get(key);
    if (found && Math.abs(now.getTime() - found.at) < milliseconds) return found.value;
    if (known.size >= MOST) known.clear();
    const value = read();
    known.set(key, { at: now.getTime(), value });
    value.catch(() => known.delete(key));
    return value;
  };
}
