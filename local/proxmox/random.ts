/** Seeded random numbers whose whole state is one number, so that it can be kept in the simulator's state. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  between(low: number, high: number): number;
  /** Log-normal with this median; most values lie within a factor of exp(sigma) of it. */
  lognormal(median: number, sigma: number): number;
  hex(digits: number): string;
}

/** mulberry32 over `cell.random`, which moves on with each draw. */
export function randomOf(cell: { random: number }): Random {
  const next = () => {
    cell.random = (cell.random + 0x6d2b79f5) | 0;
    let t = Math.imul(cell.random ^ (cell.random >>> 15), 1 | cell.random);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    lognormal: (median, sigma) => {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(sigma * normal);
    },
    hex: (digits) => Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join(""),
  };
}
