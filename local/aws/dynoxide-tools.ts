import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import * as z from "zod";

/** Dynoxide's own program, spoken to through its standard input and output (the Model Context Protocol). */
export interface Tools {
  /** What a tool answers: `refused` where it said no. Rejects when there is no tool of this name, or no process any more. */
  call(name: string, input: Readonly<Record<string, unknown>>): Promise<{ refused: boolean; text: string }>;
  stop(): Promise<void>;
}

const Message = z.object({
  id: z.number(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});
type Message = z.infer<typeof Message>;
const Told = z.object({ content: z.tuple([z.object({ text: z.string() })]), isError: z.boolean() });

const PROTOCOL = "2025-03-26";
const KILL_MS = 3000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;
type Settle = (message: Message) => void;

/** Sends requests of JSON-RPC, one a line, and finds each answer by its id. */
function wire(child: Child, gone: Promise<string>) {
  const waiting = new Map<number, Settle>();
  let last = 0;
  createInterface(child.stdout).on("line", (line) => {
    const message = Message.parse(JSON.parse(line));
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  void gone.then((error) => waiting.forEach((settle, id) => settle({ id, error: { message: error } })));
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  return {
    notify: (method: string) => void send({ method }),
    request: async (method: string, params: object): Promise<unknown> => {
      const id = ++last;
      const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
      send({ id, method, params });
      const ended = gone.then((message): Message => ({ id, error: { message } }));
      const { result, error } = await Promise.race([answer, ended]);
      if (error) throw new Error(`dynoxide: ${error.message}`);
      return result;
    },
  };
}

function start(program: string, file: string | undefined) {
  const database = file === undefined ? [] : ["--db-path", file];
  // Detached, so that Ctrl-C in a terminal leaves it running until we have stopped in good order. It ends when its
  // input does, and that happens even when we are killed with -9.
  const child = spawn(program, ["mcp", ...database], { stdio: ["pipe", "pipe", "pipe"], detached: true });
  let said = "";
  child.stderr.on("data", (chunk) => (said = (said + String(chunk)).slice(-500)));
  child.stdin.on("error", () => undefined);
  const gone = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(String(error)));
    child.once("exit", () => resolve(said || "it has ended"));
  });
  return { child, gone };
}

/** Starts it, on this file or in memory. It listens on no port: nobody but this process can reach the tables. */
export async function openTools(program: string, file?: string): Promise<Tools> {
  const { child, gone } = start(program, file);
  const { request, notify } = wire(child, gone);
  const clientInfo = { name: "moxxie", version: "1" };
  await request("initialize", { protocolVersion: PROTOCOL, capabilities: {}, clientInfo }).catch(
    (error: unknown) => {
      throw new Error(`${program} did not start`, { cause: error });
    },
  );
  notify("notifications/initialized");
  return {
    async call(name, input) {
      const told = Told.parse(await request("tools/call", { name, arguments: input }));
      return { refused: told.isError, text: told.content[0].text };
    },
    async stop() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), KILL_MS);
      await gone;
      clearTimeout(timer);
    },
  };
}
