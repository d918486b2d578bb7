import * as fc from "fast-check";
import { expect, test } from "vitest";
import { toWire } from "../../../core/proxmox/request.ts";
import { parseUpid } from "../../../core/proxmox/upid.ts";

/** Reads a form or a query as Proxmox does: parts at `&` and `;`, then `+` and percent signs. */
function read(form: string): [string, string][] {
  const decode = (text: string) => decodeURIComponent(text.replaceAll("+", " "));
  return form
    .split(/[&;]/)
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [decode(name), decode(value.join("="))];
    });
}

const nasty = fc.constantFrom(
  "&a=b",
  ";a=b",
  "=",
  "#",
  "?",
  "%26",
  "\r\nX: y",
  "\u0000",
  "/../..",
  "+",
  " ",
  "ü",
  "😀",
);
const text = fc
  .array(fc.oneof(nasty, fc.string({ unit: "grapheme" })), { maxLength: 4 })
  .map((parts) => parts.join(""));
const method = fc.constantFrom("GET", "POST", "PUT", "DELETE");

test("numbers, truths and lists go as Proxmox reads them; what is undefined does not go", () => {
  const params = { n: 5, yes: true, no: false, list: ["a", "b"], none: undefined, empty: "", nothing: [] };
  const form = "n=5&yes=1&no=0&list=a&list=b&empty=";
  expect(toWire({ method: "POST", path: "/x", params })).toMatchObject({ target: "/x", body: form });
  expect(toWire({ method: "PUT", path: "/x", params })).toMatchObject({ target: "/x", body: form });
  expect(toWire({ method: "GET", path: "/x", params }).target).toBe(`/x?${form}`);
});

test("DELETE and GET carry no body, which Proxmox would refuse; POST and PUT always do", () => {
  for (const method of ["GET", "DELETE"] as const) {
    expect(toWire({ method, path: "/x", params: { a: 1 } })).not.toHaveProperty("body");
    expect(toWire({ method, path: "/x" }).target).toBe("/x");
  }
  for (const method of ["POST", "PUT"] as const) expect(toWire({ method, path: "/x" }).body).toBe("");
});

test("a write is given longer than the 30 s after which Proxmox itself gives up", () => {
  expect(toWire({ method: "POST", path: "/x" }).timeoutMs).toBeGreaterThan(30_000);
});

test("no value can become another parameter, another line or another part of the path", () => {
  fc.assert(
    fc.property(method, text, fc.array(text), text, (method, one, list, place) => {
      if (place === "" || place === "." || place === ".." || place.includes("/")) return;
      const path = "/nodes/{node}/qemu/{vmid}/snapshot";
      const call = { method, path, at: { node: place, vmid: 101 }, params: { one, list } };
      if (/\p{Cc}/u.test([place, one, ...list].join(""))) return;
      const wire = toWire(call);
      const [sent = "", query = ""] = wire.target.split("?");
      expect(wire.target + (wire.body ?? "")).toMatch(/^[!-~]*$/);
      expect(sent.split("/").map(decodeURIComponent)).toEqual([
        "",
        "nodes",
        place,
        "qemu",
        "101",
        "snapshot",
      ]);
      expect(read(wire.body ?? query)).toEqual([["one", one], ...list.map((entry) => ["list", entry])]);
      expect(wire.body === undefined || query === "").toBe(true);
      expect(new URL(`https://h:8006/api2/json${wire.target}`).pathname).toBe(`/api2/json${sent}`);
    }),
    { numRuns: 500 },
  );
});

test("a control character goes nowhere, but for the line breaks of a text that people write", () => {
  const call = { method: "POST" as const, path: "/nodes/{node}/x", at: { node: "a" } };
  for (const bad of ["\n", "\r", "\0", "\u001b", "\u007f", "abc\n"]) {
    expect(() => toWire({ ...call, params: { snapname: bad } })).toThrow(
      "snapname holds a control character",
    );
    expect(() => toWire({ ...call, params: { list: ["a", bad] } })).toThrow("list holds a control character");
    expect(() => toWire({ ...call, at: { node: bad } })).toThrow("node holds a control character");
  }
  expect(toWire({ ...call, params: { description: "a\r\n\tb" } }).body).toBe("description=a%0D%0A%09b");
  expect(() => toWire({ ...call, params: { description: "a\0" } })).toThrow("control character");
  for (const name of ["", "a=b", "a&b", "a\nb", "9", "__proto__"])
    expect(() => toWire({ ...call, params: Object.fromEntries([[name, "1"]]) })).toThrow(
      "the name of a parameter",
    );
});

test("a part of a path that would lead elsewhere is refused before anything is sent", () => {
  for (const snapname of ["..", ".", "", "a/b", "/", "../..", "a/../../.."]) {
    const call = { method: "DELETE" as const, path: "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}" };
    expect(() => toWire({ ...call, at: { node: "a", vmid: 101, snapname } })).toThrow(
      /cannot be a part|has no snapname/,
    );
  }
  expect(() => toWire({ method: "GET", path: "/nodes/{node}/tasks" })).toThrow("has no node");
});

const UPID = "UPID:pve-1:0002A4F1:019C1B7E:6740F2C5:qmsnapshot:101:root@pam!main:";

test("a UPID is taken apart: node, type, guest, user and when it began", () => {
  expect(parseUpid(UPID)).toEqual({
    text: UPID,
    node: "pve-1",
    startedAt: new Date(0x6740f2c5 * 1000),
    type: "qmsnapshot",
    id: "101",
    user: "root@pam!main",
  });
  expect(parseUpid("UPID:a:0002A4F1:0019C1B7E:6740F2C5:vzdump::root@pam:")).toMatchObject({
    id: "",
    type: "vzdump",
  });
});

test.each([
  UPID.slice(0, -1),
  `${UPID}\n`,
  ` ${UPID}`,
  `${UPID}x`,
  UPID.replace("pve-1", "../../access"),
  UPID.replace("pve-1", ".."),
  UPID.replace("pve-1", ""),
  UPID.replace("pve-1", "-a"),
  UPID.replace("pve-1", "a%2F"),
  UPID.replace(":101:", ":../..:"),
  UPID.replace(":101:", ":1 0:"),
  UPID.replace("root@pam", "a/b"),
  UPID.replace("root@pam", "a\r\nb"),
  UPID.replace("6740F2C5", "6740F2CG"),
  UPID.replace("0002A4F1", "2A4F1"),
  "OK",
  "",
  null,
  101,
  [UPID],
])("%j is no UPID", (value) => {
  expect(parseUpid(value)).toBeUndefined();
});

test("whatever is taken for a UPID stays one part of a path", () => {
  const unit = fc.constantFrom(..."UPID:aF0/.%?#\n @!-".split(""));
  const broken = fc
    .tuple(fc.nat(UPID.length), fc.string({ unit, maxLength: 6 }))
    .map(([at, more]) => UPID.slice(0, at) + more + UPID.slice(at));
  fc.assert(
    fc.property(broken, (value) => {
      const upid = parseUpid(value);
      if (!upid) return;
      const { target } = toWire({
        method: "GET",
        path: "/nodes/{node}/tasks/{upid}/status",
        at: { node: upid.node, upid: upid.text },
      });
      expect(new URL(`https://h${target}`).pathname.split("/")).toHaveLength(6);
    }),
    { numRuns: 1000 },
  );
});
