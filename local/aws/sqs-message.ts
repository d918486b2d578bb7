import { createHash } from "node:crypto";
import type { Attribute } from "./message-set.ts";
import type { Received } from "./queue-receive.ts";
import { queueArn } from "./sqs-attributes.ts";

type Attributes = Readonly<Record<string, Attribute>>;

export const md5 = (data: string | Buffer) => createHash("md5").update(data).digest("hex");

/** The digest of a message's attributes: name, type and value of each in the order of names, with their lengths. */
export function attributesMd5(attributes: Attributes | undefined): string | undefined {
  const entries = Object.entries(attributes ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return undefined;
  const parts = entries.flatMap(([name, { DataType, StringValue, BinaryValue }]) => {
    const binary = DataType.startsWith("Binary");
    const value = binary ? Buffer.from(BinaryValue ?? "", "base64") : Buffer.from(StringValue ?? "");
    return [
      ...sized(Buffer.from(name)),
      ...sized(Buffer.from(DataType)),
      Buffer.from([binary ? 2 : 1]),
      ...sized(value),
    ];
  });
  return md5(Buffer.concat(parts));
}

function sized(bytes: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

/** The size SQS counts: body and attributes with their names and types, in bytes. */
export function messageBytes(body: string, attributes: Attributes | undefined): number {
  const sizes = Object.entries(attributes ?? {}).map(([name, attribute]) =>
    Buffer.byteLength(name + attribute.DataType + (attribute.StringValue ?? attribute.BinaryValue ?? "")),
  );
  return sizes.reduce((sum, size) => sum + size, Buffer.byteLength(body));
}

interface Wanted {
  readonly system: readonly string[];
  readonly own: readonly string[];
}

/** A received message as the wire shows it, with the attributes that were asked for. */
export function messageView(message: Received, wanted: Wanted) {
  const attributes = pick(
    systemAttributes(message),
    (name) => wanted.system.includes("All") || wanted.system.includes(name),
  );
  const own = pick(message.attributes ?? {}, (name) => wanted.own.some((pattern) => matches(pattern, name)));
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(Object.keys(attributes).length > 0 ? { Attributes: attributes } : {}),
    ...(Object.keys(own).length > 0
      ? { MessageAttributes: own, MD5OfMessageAttributes: attributesMd5(own) }
      : {}),
  };
}

function systemAttributes(message: Received): Record<string, string> {
  return {
    SenderId: "000000000000",
    SentTimestamp: String(message.sent),
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.first),
    ...(message.group === undefined ? {} : { MessageGroupId: message.group }),
    ...(message.source === undefined ? {} : { DeadLetterQueueSourceArn: queueArn(message.source) }),
  };
}

const pick = <T>(record: Readonly<Record<string, T>>, keep: (name: string) => boolean): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => keep(name)));

const matches = (pattern: string, name: string) =>
  pattern === "All" || pattern === name || (pattern.endsWith(".*") && name.startsWith(pattern.slice(0, -2)));
