/**
 * Every call that we make of Proxmox's API. `node local/proxmox/facts/types.ts` makes their types of it, and
 * test/core/proxmox/conformance.test.ts holds each against 7.4, 8.4 and 9.2.
 */
export const ENDPOINTS = [
  "GET /version",
  "POST /access/ticket",
  "GET /cluster/status",
  "GET /cluster/resources",
  "GET /cluster/tasks",
  "GET /cluster/nextid",
  "GET /cluster/ha/groups",
  "GET /cluster/ha/rules",
  "GET /nodes/{node}/tasks",
  "GET /nodes/{node}/tasks/{upid}/status",
  "POST /nodes/{node}/vzdump",
  "POST /nodes/{node}/storage/{storage}/upload",
  "POST /nodes/{node}/qemu/{vmid}/status/start",
  "POST /nodes/{node}/lxc/{vmid}/status/start",
  "POST /nodes/{node}/qemu/{vmid}/status/stop",
  "POST /nodes/{node}/lxc/{vmid}/status/stop",
  "GET /nodes/{node}/qemu/{vmid}/status/current",
  "GET /nodes/{node}/lxc/{vmid}/status/current",
  "GET /nodes/{node}/qemu/{vmid}/config",
  "GET /nodes/{node}/lxc/{vmid}/config",
  "PUT /nodes/{node}/qemu/{vmid}/resize",
  "POST /nodes/{node}/qemu/{vmid}/clone",
  "POST /nodes/{node}/lxc/{vmid}/clone",
  "GET /nodes/{node}/qemu/{vmid}/snapshot",
  "GET /nodes/{node}/lxc/{vmid}/snapshot",
  "POST /nodes/{node}/qemu/{vmid}/snapshot",
  "POST /nodes/{node}/lxc/{vmid}/snapshot",
  "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}",
  "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}",
] as const;

export type Endpoint = (typeof ENDPOINTS)[number];
