import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { sampleOf } from "./sample.ts";

interface Operation {
  readonly query: Readonly<Record<string, object>>;
  readonly body?: object;
  readonly replies: Readonly<Record<string, object | null>>;
}

interface Description {
  readonly source: string;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly schemas: Readonly<Record<string, object>>;
}

/** GitHub's own description of the operations that the adapter uses; `source` in it says which version. */
const description = JSON.parse(
  readFileSync(join(import.meta.dirname, "github-openapi.json"), "utf8"),
) as Description;

const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema({ $id: "github", schemas: description.schemas });

function check(schema: object, value: unknown): string | null {
  const text = JSON.stringify(schema).replaceAll('"#/schemas/', '"github#/schemas/');
  const validate = validators.get(text) ?? ajv.compile(JSON.parse(text) as object);
  validators.set(text, validate);
  if (validate(value)) return null;
  return ajv.errorsText(validate.errors).slice(0, 500);
}
const validators = new Map<string, ReturnType<Ajv["compile"]>>();

const routes = Object.keys(description.operations).map((key) => {
  const [method = "", template = ""] = key.split(" ");
  const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, "([^/]+)")}$`);
  return { key, method, pattern };
});

/** `GET /repos/{owner}/{repo}/issues`; `null` where the description has no such operation. */
export function operationOf(method: string, path: string): string | null {
  return routes.find((route) => route.method === method && route.pattern.test(path))?.key ?? null;
}

/** What in a request the description does not have; `null`: nothing. */
export function requestViolation(
  key: string,
  query: URLSearchParams,
  body: unknown,
): string | null {
  const operation = description.operations[key];
  if (operation === undefined) return `${key} is not described`;
  for (const name of query.keys()) {
    if (!(name in operation.query)) return `${key} has no query parameter ${name}`;
  }
  if (operation.body === undefined || body === null) return null;
  const wrong = check(operation.body, body);
  return wrong === null ? null : `the body of ${key}: ${wrong}`;
}

export function replyViolation(key: string, status: number, body: unknown): string | null {
  if (status >= 300) return null;
  const schema = description.operations[key]?.replies[status];
  if (schema === undefined) return `${key} does not answer ${status}`;
  if (schema === null) return null;
  const wrong = check(schema, body);
  return wrong === null ? null : `the reply of ${key}: ${wrong}`;
}

/** The smallest reply that an operation may give, with `parts` over it. */
export function sampleReply(key: string, parts: Readonly<Record<string, unknown>>): object {
  const schema = description.operations[key]?.replies["200"] ?? {};
  return { ...(sampleOf(schema, description.schemas) as object), ...parts };
}
