import { randomUUID } from "node:crypto";

/** A file to send, with the fields before it. `content` is asked for once, when the connection stands. */
export interface Upload {
  readonly fields: Readonly<Record<string, string>>;
  readonly filename: string;
  /** Bytes; Proxmox takes no body whose length it is not told first. */
  readonly size: number;
  readonly content: () => AsyncIterable<Uint8Array>;
}

interface Multipart {
  readonly type: string;
  readonly length: number;
  readonly body: () => AsyncIterable<Uint8Array>;
}

const NAME = /^[\w-]{1,40}$/;
const UNSAFE = /["\\/\p{Cc}]/u;

/** Why an upload may not be sent, or undefined: its texts could become lines or parts of their own. */
export function uploadComplaint(upload: Upload): string | undefined {
  const { fields, filename, size } = upload;
  if (filename === "" || UNSAFE.test(filename)) return "the file name holds what no file name may";
  if (!Number.isSafeInteger(size) || size < 0) return "the size of the file is not known";
  const bad = Object.entries(fields).find(([name, value]) => !NAME.test(name) || /\p{Cc}/u.test(value));
  return bad ? `the field ${NAME.test(bad[0]) ? bad[0] : "name"} holds a control character` : undefined;
}

async function* pieces(head: Uint8Array, upload: Upload, tail: Uint8Array) {
  yield head;
  let sent = 0;
  for await (const chunk of upload.content()) {
    sent += chunk.byteLength;
    if (sent > upload.size) throw new Error(`the file is longer than the ${upload.size} bytes announced`);
    yield chunk;
  }
  if (sent < upload.size) throw new Error(`the file ended after ${sent} of ${upload.size} bytes`);
  yield tail;
}

/** The upload as multipart/form-data; the file comes last, as Proxmox reads the other fields first. */
export function multipart(upload: Upload, boundary = `moxxie-${randomUUID()}`): Multipart {
  const part = (disposition: string) => `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n`;
  const fields = Object.entries(upload.fields).map(
    ([name, value]) => `${part(`name="${name}"`)}\r\n${value}\r\n`,
  );
  const file = `${part(`name="filename"; filename="${upload.filename}"`)}Content-Type: application/octet-stream\r\n\r\n`;
  const head = Buffer.from(fields.join("") + file);
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    length: head.byteLength + upload.size + tail.byteLength,
    body: () => pieces(head, upload, tail),
  };
}
