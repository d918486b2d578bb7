import { redactText } from "../../core/lib/redact.ts";
import type { ServerResponse } from "node:http";
import { instanceOf } from "../../functions/http/instance.ts";
import { newId } from "../../core/lib/id.ts";

/** What the gateway says itself, before or instead of a function. */
export interface Trouble {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
}

/** Answers with a problem, as the functions do. */
export function problem(response: ServerResponse, url: string, trouble: Trouble): void {
  if (response.headersSent) return void response.destroy();
  const { detail, ...rest } = trouble;
  const requestId = newId("req", new Date());
  const type = `urn:moxxie:error:${trouble.code}`;
  const instance = URL.canParse(url, "http://localhost") ? instanceOf(url) : "/";
  const body = {
    type,
    ...rest,
    detail: redactText(detail),
    instance,
    requestId,
    retryable: trouble.status >= 500,
  };
  response.writeHead(trouble.status, {
    "content-type": "application/problem+json",
    "x-request-id": requestId,
  });
  response.end(JSON.stringify(body));
}
