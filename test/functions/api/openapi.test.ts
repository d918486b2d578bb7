import * as z from "zod";
import { expect, test } from "vitest";
import { spec } from "../../../functions/api/openapi.ts";
import { lab } from "../../kit/lab.ts";
import { ROUTES } from "../../kit/routes.ts";

const Operation = z.object({ operationId: z.string(), "x-file": z.string(), "x-effect": z.string() });
const Document = z.object({
  openapi: z.string().startsWith("3.1"),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
});

test("200: without a key, the document that names every route with its file and effect", async () => {
  const stage = await lab();
  const answer = await stage.call({ spec }, { key: null });
  expect(answer.status).toBe(200);
  const { paths } = Document.parse(answer.json);
  const told = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId, "x-file": file, "x-effect": effect }]) => {
      return { file, route: `${method.toUpperCase()} ${path}`, operationId, effect };
    }),
  );
  const real = Object.entries(ROUTES).map(
    ([
      file,
      {
        spec: { method, path, verb, name },
      },
    ]) => {
      return { file, route: `${method} ${path}`, operationId: name ?? verb.action, effect: verb.effect };
    },
  );
  const byFile = (a: { file: string }, b: { file: string }) => (a.file < b.file ? -1 : 1);
  expect(told.toSorted(byFile)).toEqual(real.toSorted(byFile));
});
