export { chooseNode, type Choice } from "./choose.ts";
export { nodes, type Node } from "./node.ts";
export { poolErrors } from "./pool.ts";
export { place, summed, type Candidate, type Needs } from "./place.ts";
export { spread, type Moving } from "./spread.ts";
