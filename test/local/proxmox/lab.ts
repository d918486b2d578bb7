import * as z from "zod";
import {
  createSimulator,
  type SimulatorOptions,
  type SimulatorResponse,
} from "../../../local/proxmox/index.ts";
import { virtualClock } from "../../kit/clock.ts";

const Body = z.looseObject({
  data: z.unknown(),
  message: z.string().optional(),
  errors: z.record(z.string(), z.string()).optional(),
  total: z.number().optional(),
});

const TaskStatus = z.looseObject({ status: z.string(), exitstatus: z.string().optional(), type: z.string() });

type Form = Readonly<Record<string, string | number>>;

export interface Answer extends SimulatorResponse {
  readonly json: z.infer<typeof Body>;
}

const formOf = (form: Form) =>
  new URLSearchParams(
    Object.entries(form).map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();

/** A simulated cluster with its own virtual clock, and short ways to ask it things. */
export function simulation(options: SimulatorOptions = {}) {
  const clock = virtualClock();
  const simulator = createSimulator({ clock, ...options });
  const send = async (
    method: string,
    path: string,
    form: Form = {},
    headers: Record<string, string> = {},
  ) => {
    const query =
      (method === "GET" || method === "DELETE") && Object.keys(form).length > 0 ? `?${formOf(form)}` : "";
    const body = query || method === "GET" || method === "DELETE" ? undefined : formOf(form);
    const request = {
      method,
      target: `/api2/json${path}${query}`,
      headers: { authorization: `PVEAPIToken=${simulator.token}`, ...headers },
      body,
    };
    const response = await clock.until(simulator.handle(request));
    const json = response.headers["content-type"]?.includes("json")
      ? JSON.parse(response.body)
      : { data: null };
    return { ...response, json: Body.parse(json) };
  };
  const get = (path: string, form?: Form) => send("GET", path, form);
  const post = (path: string, form?: Form) => send("POST", path, form);
  const put = (path: string, form?: Form) => send("PUT", path, form);
  const remove = (path: string, form?: Form) => send("DELETE", path, form);
  /** Waits for the end of a task and says how it ended. */
  const ended = async (answer: Answer) => {
    const upid = z.string().parse(answer.json.data);
    const node = upid.split(":")[1];
    for (let tries = 0; tries < 10_000; tries++) {
      const status = TaskStatus.parse((await get(`/nodes/${node}/tasks/${upid}/status`)).json.data);
      if (status.status === "stopped") return status.exitstatus;
      await clock.step();
    }
    throw new Error("the task never ends");
  };
  const where = (vmid: number) => {
    const guest = simulator.state.guests[vmid];
    return `/nodes/${guest?.node}/${guest?.kind}/${vmid}`;
  };
  return { clock, simulator, send, get, post, put, remove, ended, where };
}

/** Reads a list out of an answer. */
export const rows = (answer: Answer) => z.array(z.looseObject({})).parse(answer.json.data);
