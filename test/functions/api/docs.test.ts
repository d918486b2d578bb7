import { expect, test } from "vitest";
import { spec } from "../../../functions/api/docs.ts";
import { toPage } from "../../../functions/http/docs-page.ts";
import { lab } from "../../kit/lab.ts";
import { ROUTES } from "../../kit/routes.ts";

test("200: without a key, a page of HTML that runs no script and names every route", async () => {
  const stage = await lab();
  const answer = await stage.call({ spec }, { key: null });
  expect(answer.status).toBe(200);
  expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(answer.body).toMatch(/^<!doctype html>/);
  expect(answer.body).not.toMatch(/<script|javascript:|\son\w+=/i);
  for (const { spec: one } of Object.values(ROUTES))
    expect(answer.body).toContain(`<code>${one.path}</code>`);
});

test("200: what the document says is text on the page, never markup", () => {
  const evil = `<script>alert("x")</script>`;
  const parameters = [{ name: evil, in: evil, required: true, schema: { pattern: evil } }];
  const requestBody = { content: { "application/json": { schema: { description: evil } } } };
  const responses = { 200: { description: evil } };
  const operation = {
    operationId: evil,
    summary: evil,
    "x-effect": evil,
    parameters,
    requestBody,
    responses,
  };
  const info = { title: evil, version: evil, description: evil };
  const page = toPage({ info, paths: { [evil]: { get: operation } } });
  expect(page).not.toContain("<script");
  expect(page).not.toContain('"x")');
});
