import * as v from "valibot";
import { BadRequest } from "./vendor.ts";

/** Parses a request body, and names the first field that is wrong as the services do. */
export function parseBody<Schema extends v.GenericSchema>(
  schema: Schema,
  body: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, body, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new BadRequest(`${v.getDotPath(issue) ?? "body"}: ${issue.message}`);
}
