import * as z from "zod";
import { keepAdmin } from "../../core/auth/index.ts";
import type { World } from "../../core/context.ts";
import { linked } from "./environment.ts";

/** Keeps the admin key that the deployment was given as a secret, under its hash, and retires the one before. A laptop makes its own. */
export async function ensureAdminKey(world: World): Promise<void> {
  if (world.settings.stage === "local") return;
  const { value } = linked("AdminKey", z.object({ value: z.string() }));
  await keepAdmin(world, value);
}
