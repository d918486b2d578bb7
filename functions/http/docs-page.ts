import * as z from "zod";

/** The parts of a schema that can be said in words. */
const Schema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.looseObject({ type: z.string().optional() })).optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  default: z.unknown().optional(),
});

const Operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  description: z.string().optional(),
  "x-effect": z.string(),
  parameters: z.array(
    z.looseObject({
      name: z.string(),
      in: z.string(),
      required: z.boolean().default(false),
      description: z.string().optional(),
      schema: Schema,
    }),
  ),
  requestBody: z
    .looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) })
    .optional(),
  responses: z.record(
    z.string(),
    z.looseObject({ description: z.string().optional(), $ref: z.string().optional() }),
  ),
});
type Operation = z.infer<typeof Operation>;

const Responses = z.record(z.string(), z.looseObject({ description: z.string() }));

const Document = z.looseObject({
  components: z.looseObject({ responses: Responses.default({}) }).default({ responses: {} }),
  info: z.looseObject({ title: z.string(), version: z.string(), description: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
});

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
details { border: 1px solid #8885; border-radius: .4rem; margin: .5rem 0; padding: .5rem .8rem }
summary { cursor: pointer } summary b { display: inline-block; min-width: 4.2rem }
code, pre { font: .9em ui-monospace, monospace } pre { overflow: auto; background: #8881; padding: .6rem }
table { border-collapse: collapse } td, th { text-align: left; padding: .15rem 1rem .15rem 0; vertical-align: top }
.read b { color: #1a7f37 } .write b { color: #bc4c00 }`;

const escape = (text: string) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

const pretty = (value: unknown) => escape(JSON.stringify(value, null, 2));

interface Shown {
  readonly operation: Operation;
  readonly shared: z.infer<typeof Responses>;
}

/** What a value may be: its type, its choices, its limits. */
function form(schema: z.infer<typeof Schema>): string {
  const { anyOf = [], enum: choices, pattern, minimum, maximum, maxLength } = schema;
  const types = [schema.type ?? anyOf.map(({ type }) => type ?? "object")].flat();
  return [
    choices === undefined ? [...new Set(types)].join(" or ") : `one of ${choices.map(String).join(", ")}`,
    ...(minimum === undefined ? [] : [`from ${minimum}`]),
    ...(maximum === undefined ? [] : [`to ${maximum}`]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(schema.default === undefined ? [] : [`${JSON.stringify(schema.default)} by default`]),
    ...(pattern === undefined ? [] : [`as ${pattern}`]),
  ].join(", ");
}

function parameters(operation: Operation): string {
  if (operation.parameters.length === 0) return "";
  const rows = operation.parameters.map(({ name, in: place, required, description = "", schema }) => {
    const where = `${escape(place)}${required ? ", required" : ""}`;
    return `<tr><td><code>${escape(name)}</code></td><td>${where}</td><td>${escape(description)}<br><small>${escape(form(schema))}</small></td></tr>`;
  });
  return `<table><tr><th>Parameter</th><th>In</th><th>What it is</th></tr>${rows.join("")}</table>`;
}

function section(path: string, method: string, { operation, shared }: Shown): string {
  const body = operation.requestBody?.content["application/json"]?.schema;
  const codes = Object.entries(operation.responses).map(
    ([code, { description, $ref = "" }]) =>
      `<li><code>${escape(code)}</code> ${escape(description ?? shared[$ref.split("/").at(-1) ?? ""]?.description ?? "")}</li>`,
  );
  return `<details id="${escape(operation.operationId)}" class="${escape(operation["x-effect"])}">
<summary><b>${escape(method.toUpperCase())}</b> <code>${escape(path)}</code> ${escape(operation.summary)}</summary>
<p>${escape(operation.description ?? "")} Operation <code>${escape(operation.operationId)}</code></p>
${parameters(operation)}
${body === undefined ? "" : `<p>Body</p><pre>${pretty(body)}</pre>`}
<ul>${codes.join("")}</ul></details>`;
}

/** The document as a page of HTML that needs no script. */
export function toPage(raw: unknown): string {
  const { info, paths, components } = Document.parse(raw);
  const shared = components.responses;
  const sections = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => section(path, method, { operation, shared })),
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(info.title)} ${escape(info.version)}</title><style>${STYLE}</style></head><body>
<h1>${escape(info.title)} <small>${escape(info.version)}</small></h1><p>${escape(info.description)}</p>
<p>Send your key as <code>Authorization: Bearer mox_…</code> or <code>X-API-Key</code>.
The same as JSON: <a href="/openapi.json">openapi.json</a>.</p>
${sections.join("\n")}</body></html>`;
}
