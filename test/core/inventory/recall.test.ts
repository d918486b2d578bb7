import { expect, test } from "vitest";
import { packProfiles } from "../../../core/inventory/bucket.ts";
import { toGuest } from "../../../core/inventory/guest.ts";
import { recallProfiles } from "../../../core/inventory/recall.ts";

/** So many guests in one bucket, packed; `node` makes them differ from those of another test. */
function bucket(count: number, node: string): string {
  const guests = Array.from({ length: count }, (_, n) => {
    const vmid = 127 * (n + 1);
    return toGuest("main", {
      id: `qemu/${vmid}`,
      type: "qemu",
      vmid,
      node,
      status: "running",
      template: false,
    });
  });
  const [data = ""] = packProfiles(guests).values();
  return data;
}

test("a bucket that has not changed is not unpacked again", () => {
  const data = bucket(3, "still");
  expect(recallProfiles("main", data)).toHaveLength(3);
  expect(recallProfiles("main", data)).toBe(recallProfiles("main", data));
});

test("what is remembered does not grow without end", () => {
  const data = bucket(3, "small");
  const first = recallProfiles("main", data);
  expect(recallProfiles("main", bucket(51_000, "large"))).toHaveLength(51_000);
  expect(recallProfiles("main", data)).not.toBe(first);
  expect(recallProfiles("main", data)).toEqual(first);
});
