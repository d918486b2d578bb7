import { expect, test } from "vitest";
import { spec } from "../../../functions/api/version.ts";
import { lab } from "../../kit/lab.ts";

test("200: our version, the API's and the Proxmox versions that it speaks to", async () => {
  const stage = await lab();
  const answer = await stage.call({ spec });
  expect(answer).toMatchObject({
    status: 200,
    json: { version: "test", api: "v1", node: process.versions.node },
  });
  expect(answer.json).toMatchObject({ proxmox: expect.arrayContaining([expect.stringContaining("8")]) });
});
