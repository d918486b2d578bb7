import * as z from "zod";
import { ClusterId } from "../lib/field.ts";
import { verb } from "../verb.ts";
import { byId } from "./cluster.ts";
import { ClusterView, view } from "./view.ts";

/** One registered cluster and how it is. */
export const get = verb({
  action: "cluster.get",
  effect: "read",
  input: z.strictObject({ cluster: ClusterId }),
  output: ClusterView,
  run: async (ctx, input) => view(ctx, await byId(ctx, input.cluster)),
});
