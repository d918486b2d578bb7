import { gunzipSync, gzipSync } from "node:zlib";
import * as z from "zod";
import type { World } from "../context.ts";
import type { Change } from "../db/index.ts";
import { ItemRow } from "./item.ts";
import type { Laid } from "./lay.ts";
import { partition } from "./operation.ts";

const CHUNK = 300_000;

const Plan = z.object({
  items: z.array(ItemRow.omit({ operation: true })),
  lanes: z.array(z.object({ name: z.string(), from: z.number(), to: z.number() })),
  runs: z.number(),
});

/** The rows in which a large plan waits until its items have been written. */
export function planRows(operation: string, laid: Laid, expiresAt: number): Change[] {
  const packed = gzipSync(JSON.stringify(laid)).toString("base64");
  return Array.from({ length: Math.ceil(packed.length / CHUNK) }, (_, index): Change => {
    const data = packed.slice(index * CHUNK, (index + 1) * CHUNK);
    const sk = `plan#${String(index).padStart(3, "0")}`;
    return { table: "History", put: { pk: partition(operation), sk, data, expiresAt } };
  });
}

/** The plan as it was accepted. */
export async function loadPlan(world: World, operation: string): Promise<Laid> {
  const rows = await world.store.query({ table: "History", pk: partition(operation), prefix: "plan#" });
  const packed = rows.map((row) => String(row["data"])).join("");
  return Plan.parse(JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString("utf8")));
}
