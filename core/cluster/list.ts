import * as z from "zod";
import { Page, PageInput, pageOf } from "../lib/page.ts";
import { verb } from "../verb.ts";
import { all } from "./cluster.ts";
import { ClusterView, view } from "./view.ts";

/** The registered clusters. One that does not answer is listed all the same. */
export const list = verb({
  action: "cluster.list",
  effect: "read",
  input: z.strictObject(PageInput),
  output: Page(ClusterView),
  async run(ctx, input) {
    const page = pageOf(await all(ctx), (cluster) => cluster.id, input);
    const items = await Promise.all(page.items.map((cluster) => view(ctx, cluster)));
    const warnings = items
      .filter(({ status }) => status === "unreachable" || status === "forbidden")
      .map(({ id, status, reason }) =>
        status === "forbidden"
          ? { code: "proxmox.privilege", detail: `cluster ${id} tells nothing: ${reason}` }
          : { code: "proxmox.unreachable", detail: `cluster ${id} does not answer: ${reason}` },
      );
    const asOf = ctx.clock.now().toISOString();
    return { items, nextCursor: page.nextCursor, asOf, partial: warnings.length > 0, warnings };
  },
});
