import { createHash } from "node:crypto";
import { signature } from "../auth.ts";
import type { Call, Handlers } from "../call.ts";
import { checkRoom } from "../disk.ts";
import { died, invalid } from "../refusal.ts";
import { bytesOf } from "../resources.ts";
import type { Storage, Volume } from "../state.ts";
import { startTask } from "../task.ts";
import { findVolume, removeVolume } from "../volume.ts";
import { volumeName } from "../volume-name.ts";
import { seconds } from "../world.ts";

function known(call: Call): Storage {
  const storage = call.world.state.storages[call.params.text("storage")];
  if (!storage) throw invalid({ storage: "No such storage." });
  return storage;
}

function put(
  call: Call,
  storage: Storage,
  volume: Pick<Volume, "volid" | "content" | "format" | "size"> & { vmid?: number },
) {
  const { world, node } = call;
  checkRoom(storage);
  removeVolume(world, volume.volid, node);
  const where = storage.shared ? {} : { node };
  world.state.volumes.push({
    ...volume,
    ...where,
    storage: storage.storage,
    used: volume.size,
    ctime: seconds(world),
  });
  world.touch();
}

function checkContent(storage: Storage, content: string): void {
  if (storage.path === undefined)
    throw died(`can't upload to storage type '${storage.type}', not a file based storage!`);
  if (!storage.content.includes(content))
    throw invalid({ content: `storage '${storage.storage}' does not support '${content}' content` });
}

const EXTENSIONS: Readonly<Record<string, RegExp>> = {
  iso: /\.(iso|img)$/i,
  vztmpl: /\.tar\.(gz|xz|zst)$/,
  import: /\.(ova|ovf|qcow2|raw|vmdk)$/,
};

function checkName(content: string, filename: string): void {
  if (!EXTENSIONS[content]?.test(filename)) throw invalid({ filename: "wrong file extension" });
}

const formatOf = (content: string) => (content === "vztmpl" ? "tgz" : content);

function checkSum(call: Call, text: string): void {
  const algorithm = call.params.optional("checksum-algorithm");
  if (!algorithm) return;
  const found = createHash(algorithm).update(text, "latin1").digest("hex");
  const wanted = call.params.text("checksum").toLowerCase();
  if (found !== wanted) throw died(`checksum mismatch: got '${found}' != expect '${wanted}'`);
}

/** An uploaded file; its task has an empty id. */
function upload(call: Call): string {
  const { world, node, params, who } = call;
  const storage = world.state.storages[params.text("storage")];
  if (!storage) throw died(`storage '${params.text("storage")}' does not exist`);
  const content = params.text("content");
  checkContent(storage, content);
  checkName(content, params.text("filename"));
  const filename = params.text("filename").replaceAll(/[^\w.-]/g, "_");
  const { upload: text } = call;
  if (text === undefined) throw died("upload failed - no file");
  return startTask(world, { node, type: "imgcopy", id: "", user: signature(who) }, async (task) => {
    const path = `${storage.path}/template/${content}/${filename}`;
    const temporary = `/var/tmp/pveupload-${world.random.hex(32)}`;
    task.log(`starting file import from: ${temporary}`);
    checkSum(call, text);
    for (const line of [`target node: ${node}`, `target file: ${path}`, `file size is: ${text.length}`])
      task.log(line);
    task.log(`command: cp -- ${temporary} ${path}`);
    await task.work("imgdel");
    const volid = `${storage.storage}:${content}/${filename}`;
    put(call, storage, { volid, content, format: formatOf(content), size: text.length });
    task.log("finished file import successfully");
  });
}

/** The node fetches a file by itself; here the file is always there and 100 MiB long. */
function download(call: Call): string {
  const { world, node, params, who } = call;
  const storage = known(call);
  const content = params.text("content");
  checkContent(storage, content);
  const filename = params.text("filename");
  checkName(content, filename);
  const volid = `${storage.storage}:${content}/${filename}`;
  if (findVolume(world, volid, node)) throw died(`refusing to override existing file '${filename}'`);
  return startTask(world, { node, type: "download", id: filename, user: signature(who) }, async (task) => {
    task.log(`downloading ${params.text("url")}`);
    await task.work("clone");
    put(call, storage, { volid, content, format: formatOf(content), size: 100 * 1024 ** 2 });
    task.log("download finished");
  });
}

/** An empty disk image. */
function allocate(call: Call): string {
  const { world, node, params } = call;
  const storage = known(call);
  const vmid = params.number("vmid");
  const filename = params.text("filename");
  const suffix = /\.(raw|qcow2|vmdk)$/.exec(filename)?.[1];
  const format = params.optional("format") ?? suffix ?? "raw";
  if (suffix && format !== suffix)
    throw invalid({ format: `different storage formats (${format} != ${suffix})` });
  if (filename && !filename.startsWith(`vm-${vmid}-`))
    throw died(`unable to parse volume filename '${filename}'`);
  const name = storage.path === undefined ? filename : `${vmid}/${filename}`;
  const volid = filename ? `${storage.storage}:${name}` : volumeName(world, storage, { vmid, node }, format);
  if (findVolume(world, volid, node))
    throw died(`disk image '${storage.path ?? "/dev"}/images/${name}' already exists`);
  const size = params.text("size");
  put(call, storage, {
    volid,
    content: "images",
    format,
    size: bytesOf(/\D$/.test(size) ? size : `${size}K`),
    vmid,
  });
  return volid;
}

/** Putting things into storages. */
export const contentHandlers: Handlers = {
  "POST /nodes/{node}/storage/{storage}/content": allocate,
  "POST /nodes/{node}/storage/{storage}/upload": upload,
  "POST /nodes/{node}/storage/{storage}/download-url": download,
};
