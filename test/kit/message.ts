/** What tells a worker to go on with items of one node; `seen` is their fence when it was sent. */
export const itemMessage = (operation: string, numbers: readonly number[] = [0], seen?: number) => ({
  v: 2,
  kind: "item",
  items: numbers.map((n) => ({ operation, n, ...(seen === undefined ? {} : { seen }) })),
});
