/** A binary heap: the smallest item first, by `before`. */
export interface Heap<T> {
  push(item: T): void;
  peek(): T | undefined;
  pop(): T | undefined;
  clear(): void;
}

/** An empty heap. `before` must be a strict order; give it a tie-break where equal items must keep their order. */
export function createHeap<T>(before: (a: T, b: T) => boolean): Heap<T> {
  const items: T[] = [];
  const sink = (item: T) => {
    let hole = 0;
    for (;;) {
      const left = 2 * hole + 1;
      const right = left + 1;
      const [a, b] = [items[left], items[right]];
      if (a === undefined) break;
      const [child, at] = b !== undefined && before(b, a) ? [b, right] : [a, left];
      if (!before(child, item)) break;
      items[hole] = child;
      hole = at;
    }
    items[hole] = item;
  };

  return {
    peek: () => items[0],
    clear: () => void items.splice(0),
    push(item) {
      let hole = items.length;
      while (hole > 0) {
        const up = (hole - 1) >> 1;
        const parent = items[up];
        if (parent === undefined || !before(item, parent)) break;
        items[hole] = parent;
        hole = up;
      }
      items[hole] = item;
    },
    pop() {
      const top = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== undefined) sink(last);
      return top;
    },
  };
}
