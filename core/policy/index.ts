export { covers, decide, type PolicyGuest, type Verdict } from "./decide.ts";
export { MODES, SafeMode, safeMode, safeModeEtag, safeModeRow } from "./safe-mode.ts";
export { get } from "./get.ts";
export { put } from "./put.ts";
