import * as z from "zod";
import { verb } from "../../core/verb.ts";
import document from "../../openapi.json" with { type: "json" };
import { route } from "../http/route.ts";

const show = verb({
  action: "system.openapi",
  effect: "read",
  input: z.strictObject({}),
  output: z.looseObject({ openapi: z.string() }),
  run: async () => document,
});

export const { spec, handler } = route({
  method: "GET",
  path: "/openapi.json",
  summary: "This document",
  verb: show,
  status: 200,
  open: true,
});
