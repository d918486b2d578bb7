export { ExpressionError, type Expression } from "./expression.ts";
export { parseExpression } from "./parse.ts";
export { printExpression } from "./print.ts";
export { matches } from "./match.ts";
export { explain, type Reasoned } from "./explain.ts";
export { Selection, Selector, TagExpression } from "./schema.ts";
export type { Guest } from "./criteria.ts";
export { select, type Choice, type Selected } from "./select.ts";
export type { Missing } from "./missing.ts";
