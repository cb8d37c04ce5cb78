import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sampleOf } from "./sample.ts";

export interface Operation {
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
export const description: Description = JSON.parse(
  readFileSync(join(import.meta.dirname, "github-openapi.json"), "utf8"),
) as Description;

const routes = Object.keys(description.operations).map((key) => {
  const [method = "", template = ""] = key.split(" ");
  const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, "([^/]+)")}$`);
  return { key, method, pattern };
});

/** `GET /repos/{owner}/{repo}/issues`; `null` where the description has no such operation. */
export function operationOf(method: string, path: string): string | null {
  return routes.find((route) => route.method === method && route.pattern.test(path))?.key ?? null;
}

/** The smallest reply that an operation may give, with `parts` over it. */
export function sampleReply(key: string, parts: Readonly<Record<string, unknown>>): object {
  const schema = description.operations[key]?.replies["200"] ?? {};
  return { ...(sampleOf(schema, description.schemas) as object), ...parts };
}
