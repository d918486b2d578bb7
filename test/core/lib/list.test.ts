import * as fc from "fast-check";
import { expect, test } from "vitest";
import { listed } from "../../../core/lib/list.ts";

test("D2: a list is parted by whatever Proxmox takes for a separator, and no part is empty", () => {
  expect(listed("a;b,c d;;e\tf\0g\nh")).toEqual(["a", "b", "c", "d", "e", "f", "g", "h"]);
  expect([listed(undefined), listed(""), listed(" ; ")]).toEqual([[], [], []]);
});

test("D2: words come back in their order, whichever separators stand between them", () => {
  const word = fc.stringMatching(/^[\w.:+-]{1,20}$/);
  const separator = fc.stringMatching(/^[ ,;\t\n\0]{1,3}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(word, separator)), (parts) => {
      expect(listed(parts.flat().join(""))).toEqual(parts.map(([text]) => text));
    }),
  );
});
