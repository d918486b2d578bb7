export { all, byId, recall, register, unknownCluster } from "./cluster.ts";
export { connect } from "./connect.ts";
export { endpointOf } from "./endpoint.ts";
export { get } from "./get.ts";
export { list } from "./list.ts";
export { BLIND } from "./view.ts";
