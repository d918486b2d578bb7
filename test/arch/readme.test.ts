import { expect, test } from "vitest";
import { readText } from "./sources.ts";

const readme = readText("README.md");
const commands = Array.from(readme.matchAll(/^```sh$([\s\S]*?)^```$/gm), ([, block = ""]) => block).join("");

/** What follows a command's name in each of its lines. */
const uses = (command: string) =>
  commands
    .split("\n")
    .flatMap((line) => (line.includes(`${command} `) ? [line.split(`${command} `)[1] ?? ""] : []));

test("I15: every secret that the stack needs is set, in the stage that is deployed", () => {
  const secrets = Array.from(
    readText("infra/secrets.ts").matchAll(/new sst\.Secret\("(\w+)"\)/g),
    ([, one]) => one,
  );
  expect(secrets.length).toBeGreaterThan(2);
  const [deployed, ...others] = uses("sst deploy");
  const stage = /--stage \w+/.exec(deployed ?? "")?.[0];
  expect([typeof stage, others]).toEqual(["string", []]);
  const set = uses("sst secret set").map((line) => line.split(" "));
  expect(set.map(([flag, name, secret]) => [`${flag} ${name}`, secret])).toEqual(
    secrets.map((secret) => [stage, secret]),
  );
});

test("I13: the key is the one that the server has printed, and not read from a file that another one may have written", () => {
  const [key] = commands.split("\n").filter((line) => line.startsWith("KEY="));
  expect(key).toMatch(/^KEY=mox_/);
  expect(commands).not.toContain("dev.json");
});

test("I12, I15: what the README asks for first is two commands, and npm tells of them nothing but errors", () => {
  expect(commands).toContain("npm ci && npm run dev");
  expect(commands).toContain("npm ci && npm test");
  expect(readText(".npmrc").split("\n")).toContain("loglevel=error");
});
