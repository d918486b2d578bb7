/**
 * One of Proxmox's lists: tags, addresses, nodes, kinds of content. Its own reader parts them by comma, semicolon, white
 * space or a NUL, and passes over what is empty (`PVE::Tools::split_list`).
 */
export const listed = (text: string | undefined): string[] =>
  (text ?? "").split(/[,;\s\0]+/).filter((part) => part !== "");
