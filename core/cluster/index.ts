export { all, byId, register, type ClusterRow } from "./cluster.ts";
export { connect } from "./connect.ts";
export { get } from "./get.ts";
export { list } from "./list.ts";
