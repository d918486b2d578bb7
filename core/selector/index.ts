export { ExpressionError, type Expression } from "./expression.ts";
export { parseExpression } from "./parse.ts";
export { printExpression } from "./print.ts";
export { matches } from "./match.ts";
export { explain } from "./explain.ts";
export { Selection, Selector, TagExpression } from "./schema.ts";
export { nobodyKnows, type Guest } from "./criteria.ts";
export type { Missing } from "./missing.ts";
export { select, type Choice } from "./select.ts";
