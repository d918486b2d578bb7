import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Node } from "../../../core/placement/index.ts";
import { obstacle, place, type Needs } from "../../../core/placement/place.ts";

const GIB = 1024 ** 3;
const LVM = {
  storage: "lvm",
  type: "lvmthin",
  content: ["images"],
  active: true,
  shared: false,
  freeBytes: 100 * GIB,
};
const node = (name: string, more: Partial<Node> = {}): Node => ({
  name,
  online: true,
  maintenance: false,
  cpus: 16,
  memoryBytes: 64 * GIB,
  usedBytes: 8 * GIB,
  promisedBytes: 16 * GIB,
  guests: 4,
  storages: [LVM],
  ...more,
});
const NEEDS: Needs = {
  memoryBytes: 4 * GIB,
  cpus: 4,
  storages: [{ storage: "lvm", content: "images", bytes: 32 * GIB }],
};

test.for([
  [{ online: false }, "it is offline"],
  [{ maintenance: true }, "it is in maintenance"],
  [{ cpus: 2 }, "it has 2 CPUs, and 4 are needed"],
  [{ usedBytes: 60 * GIB }, "it has 0.8 GiB of memory to give, and 4 GiB are needed"],
  [{ storages: [] }, "it has no storage lvm"],
  [{ storages: [{ ...LVM, active: false }] }, "storage lvm is not active there"],
  [{ storages: [{ ...LVM, content: ["iso"] }] }, "storage lvm takes no images"],
  [{ storages: [{ ...LVM, freeBytes: GIB }] }, "storage lvm has 1 GiB free, and 32 GiB are needed"],
] as const)("a node cannot take a guest: %o", ([more, words]) => {
  expect(obstacle(node("a", more), NEEDS)).toBe(words);
  expect(place([node("a", more)], NEEDS)).toEqual({
    node: undefined,
    candidates: [{ node: "a", fits: false, because: words }],
  });
});

test("a storage of which nobody knows how full it is, is taken", () => {
  expect(obstacle(node("a", { storages: [{ ...LVM, freeBytes: undefined }] }), NEEDS)).toBeUndefined();
});

test("a node of which the token sees no figures takes a guest, but only where no other does", () => {
  const unseen = node("a", { cpus: undefined, memoryBytes: undefined });
  expect(obstacle(unseen, NEEDS)).toBeUndefined();
  expect(place([unseen, node("b", { promisedBytes: 90 * GIB })], NEEDS).node).toBe("b");
  expect(place([unseen, node("b", { maintenance: true })], NEEDS)).toEqual({
    node: "a",
    candidates: [
      {
        node: "a",
        fits: true,
        because: "its token does not see how much memory it has; 5 guests would be there",
      },
      { node: "b", fits: false, because: "it is in maintenance" },
    ],
  });
});

test("of nodes that are about as full the one with the fewest guests is taken, so that guests that are off are spread too", () => {
  const nodes = [
    node("a", { promisedBytes: 16 * GIB, guests: 9 }),
    node("b", { promisedBytes: 17 * GIB, guests: 3 }),
  ];
  expect(place(nodes, NEEDS).node).toBe("b");
  expect(place([...nodes, node("c", { promisedBytes: 40 * GIB, guests: 0 })], NEEDS).node).toBe("b");
});

test("guests are spread: the node whose memory is promised least, then the one with fewest guests, then by name", () => {
  const busy = node("a", { promisedBytes: 40 * GIB });
  expect(place([busy, node("b"), node("c")], NEEDS).node).toBe("b");
  expect(place([busy, node("b"), node("c", { guests: 1 })], NEEDS).node).toBe("c");
  // What is used counts where nothing is promised: other things than guests need memory too.
  expect(place([node("b", { usedBytes: 50 * GIB, promisedBytes: 0 }), node("c")], NEEDS).node).toBe("c");
});

test("several guests, one after the other, do not all go to the same node", () => {
  let nodes = ["a", "b", "c"].map((name) => node(name));
  const chosen = Array.from({ length: 6 }, () => {
    const { node: best } = place(nodes, NEEDS);
    nodes = nodes.map((one) =>
      one.name === best
        ? { ...one, promisedBytes: one.promisedBytes + NEEDS.memoryBytes, guests: one.guests + 1 }
        : one,
    );
    return best;
  });
  expect(["a", "b", "c"].map((name) => chosen.filter((one) => one === name).length)).toEqual([2, 2, 2]);
});

const anyNode = fc.record({
  online: fc.boolean(),
  maintenance: fc.boolean(),
  cpus: fc.integer({ min: 1, max: 64 }),
  usedBytes: fc.integer({ min: 0, max: 64 }).map((gib) => gib * GIB),
  promisedBytes: fc.integer({ min: 0, max: 128 }).map((gib) => gib * GIB),
  guests: fc.integer({ min: 0, max: 50 }),
});

test("whatever the nodes and their order: the same one is chosen, it fits, and each has a reason", () => {
  fc.assert(
    fc.property(fc.array(anyNode, { maxLength: 8 }), fc.nat(), (found, turn) => {
      const nodes = found.map((one, at) => node(`n${at}`, one));
      const cut = nodes.length === 0 ? 0 : turn % nodes.length;
      const { node: best, candidates } = place(nodes, NEEDS);
      expect(place([...nodes.slice(cut), ...nodes.slice(0, cut)], NEEDS)).toEqual({ node: best, candidates });
      expect(candidates).toHaveLength(nodes.length);
      expect(best === undefined).toBe(candidates.every(({ fits }) => !fits));
      const unfit = nodes.filter(({ name }) => name === best).filter((one) => obstacle(one, NEEDS));
      expect(unfit).toEqual([]);
    }),
  );
});
