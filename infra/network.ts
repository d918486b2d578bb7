import { nat, region } from "./stage.ts";

/** Where functions live that call Proxmox. */
export const vpc = new sst.aws.Vpc("Vpc", { az: 2, nat });

// The gateway endpoint is free and keeps table traffic, the bulk of it, off the NAT.
new aws.ec2.VpcEndpoint("DynamoEndpoint", {
  vpcId: vpc.id,
  vpcEndpointType: "Gateway",
  serviceName: $interpolate`com.amazonaws.${region}.dynamodb`,
  routeTableIds: vpc.nodes.privateRouteTables.apply((tables) => tables.map((table) => table.id)),
});
