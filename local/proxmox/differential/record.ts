import * as z from "zod";
import type { Version } from "../facts/index.ts";
import { fleet } from "../fleet.ts";
import { createSimulator, type Simulator } from "../simulator.ts";
import { describeAnswer, jsonOf, type Heard } from "./answer.ts";
import { hurriedClock, type HurriedClock } from "./clock.ts";
import { normalLog } from "./log.ts";
import { mask } from "./mask.ts";
import { memorise } from "./memory.ts";
import { requestOf, type Memory } from "./request.ts";
import { isRow } from "./shape.ts";
import { scenario, type Answer, type Answers, type Step } from "./step.ts";

interface Session {
  readonly simulator: Simulator;
  readonly clock: HurriedClock;
  readonly memory: Memory;
}

/** Milliseconds of the cluster's time between two looks, and until looking on is given up. */
const PAUSE = 500;
const LOOKS = { task: 240, step: 40 };

async function ask({ simulator, clock, memory }: Session, step: Step): Promise<Heard> {
  const response = await clock.until(simulator.handle(requestOf(step, memory)));
  return { response, json: jsonOf(response.body) };
}

const pause = ({ clock }: Session, milliseconds: number) => clock.until(clock.sleep(milliseconds));

function reached(step: Step, data: unknown): boolean {
  const { until } = step;
  if (until === undefined) return true;
  const found = Array.isArray(data) ? data.filter(isRow).find((row) => matches(row, step.row ?? {})) : data;
  if (until === "gone") return found === undefined;
  return isRow(found) && matches(found, until);
}

const matches = (row: Readonly<Record<string, unknown>>, wanted: Readonly<Record<string, string>>) =>
  Object.entries(wanted).every(([key, value]) => String(row[key]) === value);

async function askUntil(session: Session, step: Step): Promise<Heard> {
  for (let look = 0; look < LOOKS.step; look++) {
    const heard = await ask(session, step);
    if (reached(step, heard.json?.data)) return heard;
    await pause(session, PAUSE);
  }
  return ask(session, step);
}

const TaskEnd = z.looseObject({ status: z.literal("stopped"), exitstatus: z.string().optional() });
const Lines = z.array(z.looseObject({ t: z.string() }));

/** How the task that an answer names ended, and its log. */
async function taskEnd(session: Session, upid: string): Promise<{ exitstatus: string; lines: string[] }> {
  const path = `/nodes/${upid.split(":")[1]}/tasks/${encodeURIComponent(upid)}`;
  const look = (rest: string) => ask(session, { name: "task", method: "GET", path: `${path}/${rest}` });
  for (let looks = 0; looks < LOOKS.task; looks++) {
    const status = TaskEnd.safeParse((await look("status")).json?.data).data;
    if (status) {
      const lines = Lines.safeParse((await look("log?limit=400")).json?.data).data ?? [];
      return { exitstatus: status.exitstatus ?? "", lines: lines.map(({ t }) => t) };
    }
    await pause(session, PAUSE);
  }
  return { exitstatus: "<did not end>", lines: [] };
}

async function play(session: Session, step: Step): Promise<Answer> {
  const heard = await askUntil(session, step);
  const answer = describeAnswer(step, heard);
  memorise(session.memory, step, heard.json?.data);
  const upid = z.string().startsWith("UPID:").safeParse(heard.json?.data).data;
  const end = upid && step.wait ? await taskEnd(session, upid) : undefined;
  if (step.after) await pause(session, step.after);
  if (!end || !isRow(answer.task)) return answer;
  const task = { ...answer.task, exitstatus: mask(end.exitstatus) };
  return { ...answer, task, ...(step.log !== false && { log: normalLog(end.lines) }) };
}

const START = new Date("2026-11-24T08:00:00Z");
/** A fresh node has been up for a while when the scenario starts. */
const WARM_UP = 30_000;

/** Plays the scenario to a fresh standalone node of its own; hours of its time pass in seconds. */
export async function record(version: Version): Promise<Answers> {
  const clock = hurriedClock(START);
  const state = fleet({ version, nodes: 1, guests: 0, now: START });
  const simulator = createSimulator({ version, clock, state });
  const memory: Memory = new Map([
    ["token", simulator.token],
    ["password", simulator.password],
  ]);
  const session = { simulator, clock, memory };
  await pause(session, WARM_UP);
  const answers: Record<string, Answer> = {};
  for (const step of scenario(version)) {
    const skipped = step.when !== undefined && !memory.get(step.when);
    answers[step.name] = skipped ? { status: -1, reason: "not run" } : await play(session, step);
  }
  return answers;
}
