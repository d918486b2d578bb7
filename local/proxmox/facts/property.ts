import * as z from "zod";

/** One parameter, or one key of a property string, as Proxmox's own schema has it. */
export interface Property {
  readonly type?: string | undefined;
  readonly optional?: boolean | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly pattern?: string | undefined;
  /** A named format, or an index into the table of property-string formats. */
  readonly format?: string | number | undefined;
  readonly requires?: string | undefined;
  readonly items?: Property | undefined;
  readonly props?: Readonly<Record<string, Property>> | undefined;
  /** This key is another way to write the named one. */
  readonly alias?: string | undefined;
  readonly defaultKey?: boolean | undefined;
  readonly default?: unknown;
}

export const Property: z.ZodType<Property> = z.object({
  type: z.string().optional(),
  optional: z.boolean().optional(),
  enum: z.array(z.coerce.string()).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  pattern: z.string().optional(),
  format: z.union([z.string(), z.number()]).optional(),
  requires: z.string().optional(),
  alias: z.string().optional(),
  defaultKey: z.boolean().optional(),
  default: z.unknown().optional(),
  get items() {
    return Property.optional();
  },
  get props() {
    return z.record(z.string(), Property).optional();
  },
});
