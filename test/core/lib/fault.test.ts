import * as fc from "fast-check";
import * as z from "zod";
import { expect, test } from "vitest";
import { Fault, STATUS, type FaultKind } from "../../../core/lib/fault.ts";
import { describeIssues } from "../../../core/lib/issues.ts";

const RETRYABLE: readonly string[] = ["limited", "locked", "unreachable", "timeout"];
const isKind = (kind: string): kind is FaultKind => kind in STATUS;

test("each kind of fault has its own status, and only what may pass is worth repeating", () => {
  const statuses = Object.values(STATUS);
  expect(new Set(statuses).size).toBe(statuses.length);
  for (const kind of Object.keys(STATUS).filter(isKind)) {
    const fault = new Fault(kind, "a.b", "text");
    expect([fault.status, fault.retryable]).toEqual([STATUS[kind], RETRYABLE.includes(kind)]);
  }
});

const issuesOf = (schema: z.ZodType, value: unknown) => {
  const { error } = schema.safeParse(value);
  return error ? describeIssues(error) : [];
};

test("a wrong field is named by a JSON pointer, an unknown one too", () => {
  const Input = z.strictObject({ list: z.array(z.strictObject({ n: z.number() })) });
  expect(
    issuesOf(Input, { list: [{ n: 1 }, { n: "x", m: 1 }], ttl: 1 }).map((one) => [one.pointer, one.code]),
  ).toEqual([
    ["/list/1/n", "invalid_type"],
    ["/list/1/m", "unknown"],
    ["/ttl", "unknown"],
  ]);
  expect(issuesOf(Input, 3)[0]?.pointer).toBe("");
});

test("a pointer leads back to its field, whatever the field is called", () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      if (name === "__proto__") return;
      const [issue] = issuesOf(z.record(z.string(), z.number()), { [name]: "x" });
      const [, part = ""] = issue?.pointer.split("/") ?? [];
      expect(part.replaceAll("~1", "/").replaceAll("~0", "~")).toBe(name);
    }),
  );
});

test("of a union the member that fitted best is spoken of", () => {
  const Input = z.union([z.string(), z.strictObject({ all: z.strictObject({ n: z.number() }) })]);
  expect(issuesOf(z.strictObject({ select: Input }), { select: { all: { n: "x" } } })).toMatchObject([
    { pointer: "/select/all/n", code: "invalid_type" },
  ]);
});

test("a rule of one's own may give its own code", () => {
  const Input = z.string().superRefine((_, ctx) => {
    ctx.addIssue({ code: "custom", message: "no", params: { code: "tag.unknown" } });
  });
  expect(issuesOf(Input, "x")).toEqual([{ pointer: "", code: "tag.unknown", detail: "no" }]);
});
