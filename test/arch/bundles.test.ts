import { expect, test } from "vitest";
import { esbuild } from "../../infra/esbuild.ts";
import { routes } from "../../local/generate.ts";
import { bundles, type Bundle } from "./bundles.ts";
import { filesIn } from "./sources.ts";

/** A tenth above what they weigh now; the two that carry openapi.json, a third of them, come close. The goals are 450 and 850 kB: docs/decisions/0011 says what is in the way. */
const MOST_BYTES = 632_000;
const MOST_BYTES_WITH_PROXMOX = 1_074_000;

const found = await routes();
const asking = new Set(
  found.filter(({ spec }) => spec.needs?.some(({ name }) => name === "proxmox")).map(({ file }) => file),
);
const workers = [...filesIn("functions/worker"), ...filesIn("functions/cron")].map((file) =>
  file.replace(/\.ts$/, ""),
);
const unrouted = "functions/http/unrouted";
const all = await bundles([...found.map(({ file }) => file), unrouted, ...workers]);

const isUndici = (input: string) => input.startsWith("node_modules/undici/");
const plain = all.filter(({ file }) => !asking.has(file) && !workers.includes(file));
const others = all.filter((bundle) => !plain.includes(bundle));

const describe = ({ file, bytes, weights }: Bundle) =>
  `${file} ${bytes}: ${weights
    .slice(0, 6)
    .map(([room, weight]) => `${room} ${weight}`)
    .join(", ")}`;
const above = (some: readonly Bundle[], limit: number) =>
  some
    .filter(({ bytes }) => bytes > limit)
    .toSorted((a, b) => b.bytes - a.bytes)
    .map(describe)
    .slice(0, 3);

test("every function is bundled", () => {
  expect(all).toHaveLength(found.length + workers.length + 1);
});

test("a route that does not name Proxmox among its needs carries no undici", () => {
  expect(plain.filter(({ inputs }) => inputs.some(isUndici)).map(({ file }) => file)).toEqual([]);
});

test("a route that names Proxmox carries undici: the test above looks for the right thing", () => {
  expect(others.some(({ inputs }) => inputs.some(isUndici))).toBe(true);
});

const NEVER_RUNS =
  /undici\/lib\/(milo|web)\/|llhttp\/llhttp-wasm|credential-provider-(http|imds|ini|login|process|sso|web-identity)|nested-clients/;

test("no function carries what never runs on Lambda", () => {
  const carried = all.flatMap(({ inputs }) => inputs).filter((input) => NEVER_RUNS.test(input));
  expect([...new Set(carried)]).toEqual([]);
});

test("what is left out of the bundles would be in them, and nothing else is missing", () => {
  const absent = new Set(all.flatMap((bundle) => bundle.absent));
  expect([...absent].toSorted()).toEqual(esbuild.external.toSorted());
});

test(`a function without Proxmox weighs at most ${MOST_BYTES} bytes`, () => {
  expect(above(plain, MOST_BYTES)).toEqual([]);
});

test(`a function with Proxmox weighs at most ${MOST_BYTES_WITH_PROXMOX} bytes`, () => {
  expect(above(others, MOST_BYTES_WITH_PROXMOX)).toEqual([]);
});
