import { randomUUID } from "node:crypto";

/** An identifier as vendors make them: unique over all servers, since sessions outlive them. */
export function identifier(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
}
