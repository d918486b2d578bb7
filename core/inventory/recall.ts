import { unpackProfiles } from "./bucket.ts";
import type { Profile } from "./guest.ts";

/** More guests than this, and all are forgotten: they take about 20 MB. */
const MOST = 50_000;

const known = new Map<string, readonly Profile[]>();
let guests = 0;

/**
 * The guests of a bucket, for whoever reads all of them. One that was unpacked before is not unpacked again, and most
 * stay as they are from call to call; they are known by their whole content, so what is given is never old. They are
 * shared, hence frozen.
 */
export function recallProfiles(cluster: string, data: string): readonly Profile[] {
  const key = `${cluster}/${data}`;
  const found = known.get(key);
  if (found) return found;
  const profiles = unpackProfiles(cluster, data);
  for (const profile of profiles) Object.freeze(Object.freeze(profile).tags);
  if (guests + profiles.length > MOST) {
    known.clear();
    guests = 0;
  }
  known.set(key, profiles);
  guests += profiles.length;
  return profiles;
}
