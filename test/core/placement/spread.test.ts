import * as fc from "fast-check";
import { expect, test } from "vitest";
import { spread, type Choice, type Moving, type Node } from "../../../core/placement/index.ts";

const GIB = 1024 ** 3;

const nodes = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("a", "b", "c", "d", "e"),
    online: fc.boolean(),
    maintenance: fc.boolean(),
    cpus: fc.constant(16),
    memoryBytes: fc.integer({ min: 8, max: 64 }).map((gib) => gib * GIB),
    usedBytes: fc.integer({ min: 0, max: 8 }).map((gib) => gib * GIB),
    promisedBytes: fc.integer({ min: 0, max: 32 }).map((gib) => gib * GIB),
    guests: fc.nat(9),
    storages: fc.constant([]),
  }),
  { minLength: 1, selector: ({ name }) => name },
);

const guests = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 100, max: 140 }).map((vmid) => `main/${vmid}`),
    node: fc.constantFrom("a", "b", "c", "d", "e"),
    needs: fc.record({
      memoryBytes: fc.integer({ min: 0, max: 16 }).map((gib) => gib * GIB),
      cpus: fc.integer({ min: 1, max: 20 }),
      storages: fc.constant([]),
    }),
  }),
  { selector: ({ id }) => id },
);

/** Memory in use on a node once all that goes there has come, and nothing has left. */
const filled = (
  node: Node,
  all: readonly Moving[],
  to: ReadonlyMap<string, { node: string; problem?: object }>,
) =>
  all
    .filter(({ id }) => to.get(id)?.problem === undefined && to.get(id)?.node === node.name)
    .reduce((total, { needs }) => total + needs.memoryBytes, node.usedBytes);

const goal = (choice: Choice | undefined) => (choice?.problem ? undefined : choice?.node);

test("every guest gets a node or a reason, and never its own, one that is off or one that is emptied", () => {
  fc.assert(
    fc.property(nodes, guests, (found, moving) => {
      const choices = spread(found, moving);
      expect([...choices.keys()].toSorted()).toEqual(moving.map(({ id }) => id).toSorted());
      for (const { id, node, needs } of moving) {
        const choice = choices.get(id);
        if (choice?.problem) continue;
        const target = found.find(({ name }) => name === choice?.node);
        expect(choice?.node).not.toBe(node);
        expect(target).toMatchObject({ online: true, maintenance: false });
        expect(needs.cpus).toBeLessThanOrEqual(target?.cpus ?? 0);
      }
    }),
  );
});

test("no node gets more than the memory that it has free now: what leaves it does not count", () => {
  fc.assert(
    fc.property(nodes, guests, (found, moving) => {
      const choices = spread(found, moving);
      for (const node of found) {
        const full = Math.max(node.usedBytes, (node.memoryBytes ?? 0) * 0.95);
        expect(filled(node, moving, choices)).toBeLessThanOrEqual(full);
      }
    }),
  );
});

test("the order in which guests and nodes are named changes nothing", () => {
  fc.assert(
    fc.property(nodes, guests, (found, moving) => {
      const [one, other] = [spread(found, moving), spread(found.toReversed(), moving.toReversed())];
      for (const { id } of moving) expect(goal(other.get(id))).toBe(goal(one.get(id)));
    }),
  );
});

test("guests of one node are dealt out evenly", () => {
  const node = (name: string): Node => ({
    name,
    online: true,
    maintenance: false,
    cpus: 16,
    memoryBytes: 64 * GIB,
    usedBytes: 0,
    promisedBytes: 0,
    guests: 0,
    storages: [],
  });
  const needs = { memoryBytes: 4 * GIB, cpus: 1, storages: [] };
  const moving = Array.from({ length: 12 }, (_, n) => ({ id: `main/${100 + n}`, node: "a", needs }));
  const targets = [...spread(["a", "b", "c", "d"].map(node), moving).values()].map((choice) => choice.node);
  expect(
    Object.entries(Object.groupBy(targets, (name) => name)).map(([name, all]) => [name, all?.length]),
  ).toEqual(
    expect.arrayContaining([
      ["b", 4],
      ["c", 4],
      ["d", 4],
    ]),
  );
});
