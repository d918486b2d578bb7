import { expect, test } from "vitest";
import * as z from "zod";
import { unrouted } from "../../../functions/http/unrouted.ts";
import { jsonLog } from "../../../core/lib/log.ts";
import { virtualClock } from "../../kit/clock.ts";
import { ROUTES } from "../../kit/routes.ts";

const Answer = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
});

/** What `$default` answers to a request; the path is as API Gateway hands it over, decoded. */
async function ask(method: string, rawPath: string, rawQueryString = "") {
  const event = { rawPath, rawQueryString, headers: {}, requestContext: { http: { method } } };
  const lines: string[] = [];
  const clock = virtualClock();
  const log = jsonLog(
    (line) => lines.push(line),
    () => clock.now(),
  );
  const { statusCode, headers, body } = Answer.parse(await unrouted(log, clock)(event));
  return {
    lines,
    status: statusCode,
    headers,
    body,
    json: body === undefined ? undefined : JSON.parse(body),
  };
}

test("D12: a path that is not there is a problem, with an id that the log has too", async () => {
  const { status, headers, json, lines } = await ask("GET", "/v1/nothing", "a=1");
  expect([status, headers["content-type"]]).toEqual([404, "application/problem+json"]);
  expect(json).toMatchObject({
    code: "route.missing",
    status: 404,
    title: "Not Found",
    instance: "/v1/nothing?a=1",
    requestId: headers["x-request-id"],
    retryable: false,
  });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: "request", route: "$default", status: 404, requestId: headers["x-request-id"] },
  ]);
});

test("D12: each path of the document names its methods where another is used", async () => {
  const specs = Object.values(ROUTES).map(({ spec }) => spec);
  expect(specs.length).toBeGreaterThan(50);
  for (const { path } of specs) {
    const asked = path.replace(/\{\w+\}/g, "x");
    // A word of one path may be the name of a guest in another.
    const taking = specs.filter((one) =>
      new RegExp(`^${one.path.replace(/\{\w+\}/g, "[^/]+")}$`).test(asked),
    );
    const takes = [...new Set(taking.map(({ method }) => method))].toSorted();
    const { status, headers, json } = await ask("TRACE", asked);
    expect([path, status, headers["allow"]]).toEqual([path, 405, takes.join(", ")]);
    expect(json).toMatchObject({ code: "route.method", title: "Method Not Allowed" });
  }
});

test("I3: HEAD is 405 where GET is taken, and its answer has no body", async () => {
  const { status, headers, body } = await ask("HEAD", "/v1/jobs");
  expect([status, headers["allow"], body]).toEqual([405, "GET, POST", undefined]);
});

test("I3: a path with a slash at its end is told without", async () => {
  expect((await ask("GET", "/v1/jobs/")).json).toMatchObject({
    code: "route.missing",
    detail: "There is no route GET /v1/jobs/; paths do not end with a slash: this one is /v1/jobs.",
  });
  expect((await ask("GET", "/v1/nothing/")).json.detail).toBe(
    "There is no route GET /v1/nothing/; /docs lists them all.",
  );
});

test("I3: the root leads to the documentation", async () => {
  expect(await ask("GET", "/")).toMatchObject({ status: 302, headers: { location: "/docs" } });
  expect(await ask("POST", "/")).toMatchObject({ status: 405, headers: { allow: "GET" } });
});

test("D12: an address is told as it came, whatever it decodes to, and without credentials", async () => {
  expect((await ask("GET", "/v1/a?b#c")).json.instance).toBe("/v1/a%3Fb%23c");
  expect(await ask("GET", "//", "?")).toMatchObject({ status: 404 });
  expect(await ask("GET", "/v1/\ud800")).toMatchObject({ status: 404 });
  const key = "mox_abcdefghijkl_secretsecretsecret";
  const { body } = await ask("GET", `/v1/${key}`, `apiKey=${key}`);
  expect(body).not.toContain("secretsecret");
});
