import type { Provider } from "../provider.ts";

/** API keys can be checked: routes that ask for one, and what keeps the first. The pepper itself is read from the settings when it is used. */
export const keys: Provider = { name: "keys", provide: () => ({}) };
