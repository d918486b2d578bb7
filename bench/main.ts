import { say } from "./lib/figure.ts";

type Bench = { readonly run: (args: readonly string[]) => Promise<void> };

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  world: () => import("./world.ts"),
  "fan-out": () => import("./fan-out.ts"),
  scale: () => import("./scale.ts"),
  list: () => import("./list.ts"),
  retention: () => import("./retention.ts"),
  "dev-kill": () => import("./dev-kill.ts"),
};

const [name = "", ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench) {
  await (await bench()).run(args);
} else {
  say(`npm run bench -- ${Object.keys(BENCHES).join("|")} [options]`);
  process.exitCode = 2;
}
