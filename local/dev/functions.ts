import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { as, guardedLinks } from "./links.ts";

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const isHandler = (value: unknown): value is Handler => typeof value === "function";
const Module = z.object({ handler: z.custom<Handler>(isHandler) });
const Call = z.object({ id: z.number(), file: z.string(), event: z.unknown() });

Object.assign(globalThis, { $SST_LINKS: guardedLinks(process.env["MOXXIE_LINKS"] ?? "{}") });
delete process.env["MOXXIE_LINKS"];

const root = join(import.meta.dirname, "../..");
const loaded = new Map<string, Promise<Handler>>();

/** A function's module is imported at its first call, as Lambda does. */
function load(file: string): Promise<Handler> {
  const found =
    loaded.get(file) ??
    import(pathToFileURL(join(root, `${file}.ts`)).href).then((module) => Module.parse(module).handler);
  loaded.set(file, found);
  return found;
}

async function answer(message: unknown): Promise<void> {
  const { id, file, event } = Call.parse(message);
  try {
    const handler = await load(file);
    const context = { functionName: file, awsRequestId: String(id) };
    const result = await as(file, () => handler(event, context));
    process.send?.({ id, result });
  } catch (error) {
    console.error(
      JSON.stringify({
        level: "error",
        event: "function",
        file,
        error: error instanceof Error ? error.stack : error,
      }),
    );
    process.send?.({ id, error: error instanceof Error ? error.message : "unknown" });
  }
}

process.on("message", (message) => void answer(message));
// The functions must not outlive the gateway, even when it is killed.
process.on("disconnect", () => process.exit(0));
