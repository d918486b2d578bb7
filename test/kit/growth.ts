/** Less than this is growth with the size, more is growth with its square: eight times the size makes 8 or 64. */
export const LINEAR = 24;

const ROUNDS = 10;
/** The kernel counts a thread's time by its ticks, of which a measure has to hold some. */
const LEAST_MS = 20;

/** What this thread has computed, in milliseconds: not what others did meanwhile, however busy the machine is. */
function milliseconds(work: () => void): number {
  const begin = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(begin);
  return (user + system) / 1000;
}

/**
 * How many times dearer the work is for eight times the size. Both sizes take turns in one run and the cheapest round of
 * each counts, until the answer is plain: a collection of garbage makes a round dearer, and never all of them.
 */
export function growth(work: (size: number) => void, size: number): number {
  let times = 1;
  const repeated = (of: number) => () => {
    for (let count = 0; count < times; count++) work(of);
  };
  while (milliseconds(repeated(size)) < LEAST_MS && times < 100_000) times *= 2;
  let [small, large] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS && !(large / small < LINEAR / 2); round++) {
    small = Math.min(small, milliseconds(repeated(size)));
    large = Math.min(large, milliseconds(repeated(8 * size)));
  }
  return large / small;
}
