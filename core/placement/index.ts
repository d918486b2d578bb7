export { nodes, type Node } from "./node.ts";
export { obstacle, place, type Candidate, type Needs } from "./place.ts";
