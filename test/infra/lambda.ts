import { once } from "node:events";
import { pathToFileURL } from "node:url";
import * as z from "zod";

type Handler = (event: unknown, context: unknown) => Promise<unknown>;
const isHandler = (value: unknown): value is Handler => typeof value === "function";
const Module = z.object({ handler: z.custom<Handler>(isHandler) });
const Call = z.object({ bundle: z.string(), event: z.unknown() });

/** A Lambda of one call, as a process: imports a bundle and tells what its handler gives. */
const [message] = await once(process, "message");
const { bundle, event } = Call.parse(message);
const { handler } = Module.parse(await import(pathToFileURL(bundle).href));
const answer = await handler(event, { functionName: "test", awsRequestId: "test" }).then(
  (result) => ({ result }),
  (error: unknown) => ({ error: String(error) }),
);
process.send?.(answer);
