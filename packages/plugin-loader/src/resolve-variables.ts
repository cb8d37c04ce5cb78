import { variableName, type JsonValue } from "@signalbox/contracts";
import { literalSecrets } from "./redaction.ts";

export interface ResolvedOptions {
  readonly options: JsonValue;
  /** References to variables that are unset or empty; their keys are left out. */
  readonly missing: readonly { readonly key: string; readonly variable: string }[];
  /** What must not appear in a message: the values of variables, and literals that are called like secrets. */
  readonly secrets: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Replaces every whole-value `$VAR` by the variable's value, at any depth. A variable that is unset or empty counts as
 * a key that is not there (in a list, as `null`): an empty secret is no secret.
 */
export function resolveVariables(options: JsonValue, environment: Environment): ResolvedOptions {
  const missing: { key: string; variable: string }[] = [];
  const secrets = [...literalSecrets(options)];
  const resolve = (value: JsonValue, path: readonly string[]): JsonValue | undefined => {
    if (typeof value === "string") {
      const variable = variableName(value);
      if (variable === null) return value;
      const found = environment[variable];
      if (found !== undefined && found !== "") {
        secrets.push(found);
        return found;
      }
      missing.push({ key: path.join("."), variable });
      return undefined;
    }
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) {
      return value.map((inner, index) => resolve(inner, [...path, String(index)]) ?? null);
    }
    const entries = Object.entries(value).flatMap(([key, inner]: [string, JsonValue]) => {
      const resolved = resolve(inner, [...path, key]);
      return resolved === undefined ? [] : [[key, resolved] as const];
    });
    return Object.fromEntries(entries);
  };
  return { options: resolve(options, []) ?? null, missing, secrets };
}
