import * as z from "zod";
import { Resource } from "sst/resource";

/** What differs between laptop and production and is no linked resource. */
const Environment = z.object({
  MOXXIE_SECRETS_FILE: z.string().optional(),
  MOXXIE_LEASE_SECONDS: z.coerce.number().int().min(1).default(90),
  MOXXIE_AMBIGUOUS_SECONDS: z.coerce.number().int().min(1).default(45),
  MOXXIE_POLL_SECONDS: z
    .string()
    .regex(/^\d+(,\d+)*$/)
    .default("2,5,15,60")
    .transform((text) => text.split(",").map(Number)),
  MOXXIE_PACE: z.enum(["default", "thrifty"]).default("default"),
  MOXXIE_NODE_CAP: z.coerce.number().int().min(1).max(64).default(4),
});

/** The environment; read here and nowhere else. */
export const environment = () => Environment.parse(process.env);

/** A linked resource. Read when it is used: SST throws for one that this function was not given. */
export const linked = <T>(name: string, shape: z.ZodType<T>): T => shape.parse(Reflect.get(Resource, name));
