/** What genuine daemons answer beyond their schema; docs/proxmox.md says where it was seen. */
export interface Silent {
  "GET /cluster/resources": "lock" | "hastate" | "tags";
  "GET /cluster/tasks": "endtime" | "status";
  "GET /cluster/options": "tag-style" | "allowed-tags";
  "GET /nodes/{node}/qemu/{vmid}/snapshot": "snapstate";
  "GET /nodes/{node}/lxc/{vmid}/snapshot": "snapstate";
  "GET /cluster/ha/status/current": "type" | "node" | "status";
  "GET /nodes/{node}/storage/{storage}/content": "subtype";
  "GET /cluster/ha/groups": "nodes" | "restricted" | "nofailback";
  "GET /cluster/ha/rules": "type" | "resources" | "nodes" | "affinity" | "strict" | "disable";
  "POST /nodes/{node}/qemu/{vmid}/spiceproxy": Viewer;
  "POST /nodes/{node}/lxc/{vmid}/spiceproxy": Viewer;
}

/** The rest of a file for remote-viewer, of which the schema names five keys. */
type Viewer =
  | "ca"
  | "host-subject"
  | "title"
  | "delete-this-file"
  | "toggle-fullscreen"
  | "release-cursor"
  | "secure-attention";
