export { action, isInterrupting, type Action } from "./action.ts";
export {
  covers,
  decide,
  decideAll,
  decideRole,
  dependsOnTags,
  isRefusal,
  type PolicyGuest,
  type Question,
  type Verdict,
} from "./decide.ts";
export { MODES, recallSafeMode, safeMode, safeModeRow, type SafeMode } from "./safe-mode.ts";
export { get } from "./get.ts";
export { put } from "./put.ts";
export { keepPolicyTags, policyTagsOf } from "./tags.ts";
