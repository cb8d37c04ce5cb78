import type { JsonValue } from "@signalbox/contracts";

const secretKey = /key|token|secret|password|credential/i;

/** Shorter values would blot out words, and are no secrets. */
const shortestSecret = 4;

/** Literal texts below keys that are called like secrets. */
export function literalSecrets(options: JsonValue, key = ""): readonly string[] {
  if (typeof options === "string") return secretKey.test(key) ? [options] : [];
  if (typeof options !== "object" || options === null) return [];
  return Object.entries(options).flatMap(([name, value]: [string, JsonValue]) =>
    literalSecrets(value, Array.isArray(options) ? key : name),
  );
}

/** The text with every secret in it replaced: schemas and plugins like to quote what they were given. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= shortestSecret)
    .toSorted((one, other) => other.length - one.length)
    .reduce((clean, secret) => clean.replaceAll(secret, "***"), text);
}
