// Live functions run on this machine, so a Proxmox on this machine is one they can reach.
new sst.x.DevCommand("Proxmox", {
  dev: { title: "Proxmox simulator", command: "node local/proxmox/main.ts --port 8006", autostart: true },
});
