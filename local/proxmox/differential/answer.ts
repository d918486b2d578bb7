import type { SimulatorResponse } from "../request.ts";
import { mask, maskAll } from "./mask.ts";
import { isRow, shapeOf, type Row } from "./shape.ts";
import type { Answer, Step } from "./step.ts";

/** A response and what its body says, when that is a JSON object. */
export interface Heard {
  readonly response: SimulatorResponse;
  readonly json: Row | undefined;
}

export function jsonOf(body: string): Row | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isRow(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes of a reason phrase are UTF-8, though HTTP has them as Latin-1. */
const textOf = (reason: string) => mask(Buffer.from(reason, "latin1").toString("utf8"));

const rowsOf = (step: Step, rows: readonly unknown[]) => {
  const wanted = Object.entries(step.row ?? {});
  return rows.filter((row) => isRow(row) && wanted.every(([key, value]) => String(row[key]) === value));
};

function valuesOf(step: Step, data: unknown): unknown {
  const keep = step.keep ?? [];
  if (keep.length === 0 || data === undefined) return undefined;
  const all = keep.includes("*");
  const pick = (value: unknown) => {
    if (all) return maskAll(value);
    const row = isRow(value) ? value : {};
    const kept = keep.filter((key) => key in row).map((key): [string, unknown] => [key, maskAll(row[key])]);
    return Object.fromEntries(kept);
  };
  if (!Array.isArray(data)) return all || isRow(data) ? pick(data) : undefined;
  const picked = data.map(pick);
  return step.ordered ? picked : picked.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

const UPID = /^UPID:[A-Za-z0-9.-]+:[0-9A-F]{8,9}:[0-9A-F]{8,9}:[0-9A-F]{8}:[^:\s]+:[^:\s]*:[^:\s]+:$/;

function taskOf(upid: string) {
  const [, , , , , type, id = ""] = upid.split(":");
  return { form: UPID.test(upid), type, id: mask(decodeURIComponent(id.replaceAll(String.raw`\x3a`, ":"))) };
}

function dataOf(step: Step, json: Row): Partial<Answer> {
  const whole = json.data;
  if (typeof whole === "string" && whole.startsWith("UPID:")) return { shape: "upid", task: taskOf(whole) };
  const rows = Array.isArray(whole) && step.row ? rowsOf(step, whole) : undefined;
  const data = rows ?? whole;
  const counted = Array.isArray(data) && (rows !== undefined || step.count);
  const values = valuesOf(step, data);
  return {
    shape: "data" in json ? shapeOf(data) : "absent",
    ...(counted && { rows: data.length }),
    ...(values !== undefined && { values }),
  };
}

/** An answer in the form in which answers are compared. */
export function describeAnswer(step: Step, { response, json }: Heard): Answer {
  const head = { status: response.status, reason: textOf(response.reason) };
  if (step.method === "HEAD") return head;
  if (!json) return response.body ? { ...head, text: mask(response.body.slice(0, 200)) } : head;
  return { ...head, ...("errors" in json && { errors: maskAll(json.errors) }), ...dataOf(step, json) };
}
