import type { Provider } from "../provider.ts";

/** The four tables: every function but those that anybody may call without a key. The store itself is made where the world is. */
export const tables: Provider = { name: "tables", provide: () => ({}) };
