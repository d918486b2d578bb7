/// <reference path="./.sst/platform/config.d.ts" />

// SST forbids imports at the top of this file: infra/ is loaded inside run().
export default $config({
  app(input) {
    const production = input.stage === "production";
    return {
      name: "moxxie",
      home: "aws",
      removal: production ? "retain" : "remove",
      protect: production,
    };
  },
  async run() {
    const { api } = await import("./infra/api.ts");
    const { alarms } = await import("./infra/alarms.ts");
    await import("./infra/workers.ts");
    await import("./infra/crons.ts");
    if ($dev) await import("./infra/dev.ts");
    return { api: api.url, alarms: alarms.arn };
  },
});
