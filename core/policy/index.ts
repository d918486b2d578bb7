export { covers, decide, isRefusal, type Verdict } from "./decide.ts";
export { MODES, recallSafeMode, safeMode, safeModeRow, type SafeMode } from "./safe-mode.ts";
export { get } from "./get.ts";
export { put } from "./put.ts";
