import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { bundle, BuildRequest } from "./bundle.ts";

const Rpc = z.object({ method: z.string(), params: z.array(z.unknown()) });

export type Built = BuildRequest & { bytes: number };

/** The part of SST's command line that its components call back while they run. Answers on 127.0.0.1. */
export async function serveCli(work: string, real: (handler: string) => boolean) {
  const built: Built[] = [];
  // A busy machine leaves connections idle for long, and a call over one that was just closed is a failure.
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    answer(request).then(
      (result) => response.end(JSON.stringify({ result })),
      (error: unknown) => response.end(JSON.stringify({ error: String(error) })),
    );
  });
  const answer = async (incoming: IncomingMessage): Promise<unknown> => {
    const { method, params } = Rpc.parse(JSON.parse(await text(incoming)));
    if (method === "Provider.Aws.Bootstrap") return { asset: "asset-bucket", state: "state-bucket" };
    if (method === "Provider.Aws.Appsync") return { http: "http.example", realtime: "realtime.example" };
    if (method === "Runtime.AddTarget") return true;
    if (method !== "Runtime.Build") throw new Error(`SST asked for ${method}, which the tests do not know`);
    const request = BuildRequest.parse(params[0]);
    const result = await bundle(request, work, real(request.handler));
    built.push({ ...request, bytes: result.bytes });
    return result;
  };
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, built, close };
}
