import { begun } from "./begun.ts";
import type { Proxmox } from "./client.ts";
import { ask } from "./request.ts";
import type { Upload } from "./upload.ts";

interface File extends Pick<Upload, "filename" | "size" | "content"> {
  readonly kind: "iso" | "vztmpl" | "import";
  readonly checksum?: {
    readonly algorithm: "md5" | "sha1" | "sha224" | "sha256" | "sha384" | "sha512";
    readonly value: string;
  };
}

/** Sends a file to a storage, in one stream; the answer is the UPID of the copy. A checksum is told before the file, its algorithm before itself. */
export function upload(proxmox: Proxmox, place: { node: string; storage: string }, file: File) {
  const { kind, checksum, filename, size, content } = file;
  const fields = {
    content: kind,
    ...(checksum ? { "checksum-algorithm": checksum.algorithm, checksum: checksum.value } : {}),
  };
  return proxmox.call(
    ask("POST /nodes/{node}/storage/{storage}/upload", place, undefined, {
      kind: "upload",
      upload: { fields, filename, size, content },
    }),
    begun,
  );
}
