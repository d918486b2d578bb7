import * as fc from "fast-check";
import { expect, test } from "vitest";
import { viewerFile } from "../../../core/console/viewer-file.ts";
import type { Viewer } from "../../../core/proxmox/index.ts";

const viewer: Viewer = {
  type: "spice",
  title: "VM 101 - web-1",
  host: "pvespiceproxy:6742d0a1:101:pve1::c0ffee",
  proxy: "http://pve.example.net:3128",
  "tls-port": 61_000,
  "host-subject": "OU=PVE Cluster Node,O=Proxmox Virtual Environment,CN=pve1",
  ca: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
  password: "deadbeef",
  "delete-this-file": true,
};

test("a file is what Proxmox's own interface would have written", () => {
  expect(viewerFile(viewer).split("\n")).toEqual([
    "[virt-viewer]",
    "type=spice",
    "title=VM 101 - web-1",
    "host=pvespiceproxy:6742d0a1:101:pve1::c0ffee",
    "proxy=http://pve.example.net:3128",
    "tls-port=61000",
    "host-subject=OU=PVE Cluster Node,O=Proxmox Virtual Environment,CN=pve1",
    String.raw`ca=-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`,
    "password=deadbeef",
    "delete-this-file=1",
    "",
  ]);
});

const UNESCAPED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", s: " ", "\\": "\\" };
/** Reads a value as GKeyFile does. */
const read = (value: string) =>
  value.trimStart().replace(/\\(.)/g, (_, sign: string) => UNESCAPED[sign] ?? sign);

const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
const nasty = fc.constantFrom(
  ..."\n\r\t\v\f\u0085\u2028\u2029\0 \\=[]#;aé".split(""),
  "[other]",
  "\npassword=",
  "\ud800",
);
const value = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(nasty).map((parts) => parts.join("")),
);

test("no value can add a line, a key or a group, wherever a line may end", () => {
  fc.assert(
    fc.property(value, value, value, (title, host, ca) => {
      const lines = viewerFile({ ...viewer, title, host, ca }).split(LINE_ENDS);
      const keys = lines.slice(1, -1).map((line) => line.split("=")[0]);
      expect([lines[0], keys, lines.at(-1)]).toEqual(["[virt-viewer]", Object.keys(viewer), ""]);
    }),
  );
});

test("a value of ordinary signs, line breaks among them, comes back as it was", () => {
  const ordinary = fc
    .array(fc.constantFrom(..."\n\r\t \\=[]#;aé/:".split("")))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(ordinary, (title) => {
      const line = viewerFile({ ...viewer, title }).split("\n")[2] ?? "";
      expect(read(line.slice("title=".length))).toBe(title);
    }),
  );
});
