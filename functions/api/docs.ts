import * as z from "zod";
import { verb } from "../../core/verb.ts";
import document from "../../openapi.json" with { type: "json" };
import { toPage } from "../http/docs-page.ts";
import { route } from "../http/route.ts";

const show = verb({
  action: "system.docs",
  effect: "read",
  input: z.strictObject({}),
  output: z.string(),
  run: async () => toPage(document),
});

export const { spec, handler } = route({
  method: "GET",
  path: "/docs",
  summary: "This API as a page to read",
  verb: show,
  status: 200,
  open: true,
  as: "html",
});
