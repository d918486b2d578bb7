import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readOptions, warningsOf } from "../../../local/dev/options.ts";
import { dataFolder } from "../../kit/dev.ts";

const AB = Array.from({ length: 32 }, () => "AB").join(":");
const REAL = ["--cluster", "https://pve.test:8006", "--fingerprint", AB];
const TOKEN = "moxxie@pve!dev=5e1a0c";

const read = (args: readonly string[], environment = {}, ask?: () => Promise<string>) =>
  readOptions(args, { environment, ask });

test("an empty PORT is none", async () => {
  expect((await read([], { PORT: "" })).port).toBe((await read([])).port);
  expect((await read([], { PORT: "0" })).port).toBe(0);
});

test("F2: the token comes from the environment, from a file or from the terminal; what is closest wins", async () => {
  await using folder = await dataFolder();
  const file = join(folder.dir, "token");
  writeFileSync(file, `${TOKEN}-file\n`, { mode: 0o600 });
  const environment = { MOXXIE_TOKEN: `${TOKEN}-environment` };
  const ask = async () => `${TOKEN}-typed`;
  const token = async (...given: Parameters<typeof read>) => (await read(...given)).token;
  expect(await token(REAL, {}, ask)).toBe(`${TOKEN}-typed`);
  expect(await token(REAL, environment, ask)).toBe(`${TOKEN}-environment`);
  expect(await token([...REAL, "--token-file", file], environment, ask)).toBe(`${TOKEN}-file`);
  expect(await token([...REAL, "--token", TOKEN], environment, ask)).toBe(TOKEN);
});

test("F2: a token on the command line is taken, and told to be readable by everybody", () => {
  expect(warningsOf([...REAL, "--token", TOKEN])).toEqual([
    expect.stringMatching(/every user .* MOXXIE_TOKEN/),
  ]);
  expect(warningsOf([...REAL, `--token=${TOKEN}`])).toHaveLength(1);
  expect(warningsOf([...REAL, "--token-file", "x"])).toEqual([]);
});

test("F2: a token in a file that others may read is not taken", async () => {
  await using folder = await dataFolder();
  const file = join(folder.dir, "token");
  writeFileSync(file, TOKEN);
  chmodSync(file, 0o640);
  await expect(read([...REAL, "--token-file", file])).rejects.toThrow(/--token-file: others may read/);
});

test("F2: no message about a token repeats it", async () => {
  const wrong = "5e1a0c-without-a-user";
  const ways = [
    read([...REAL, "--token", wrong]),
    read(REAL, { MOXXIE_TOKEN: wrong }),
    read(["--token", wrong]),
  ];
  for (const way of ways) {
    const error = await way.catch(String);
    expect(error).toMatch(/token/);
    expect(error).not.toContain("5e1a0c");
  }
});

test("F2: without a terminal a real cluster without a token is told where to put one; a simulated one needs none", async () => {
  await expect(read(REAL)).rejects.toThrow(/MOXXIE_TOKEN/);
  await expect(read(REAL.slice(0, 2))).rejects.toThrow(/go together/);
  expect((await read([], { MOXXIE_TOKEN: TOKEN })).token).toBeUndefined();
});
