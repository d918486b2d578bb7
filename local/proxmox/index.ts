export { createSimulator, type Simulator, type SimulatorOptions } from "./simulator.ts";
export { serve, type Served } from "./serve.ts";
export type { SimulatorRequest, SimulatorResponse } from "./request.ts";
export { VERSIONS, type Version } from "./facts/index.ts";
export { ConnectionLost } from "./refusal.ts";
export type { Trouble } from "./trouble.ts";
export type { Fault } from "./fault.ts";
export type { Counters } from "./counters.ts";
