import { variableName, type JsonValue } from "@signalbox/contracts";

export interface ResolvedOptions {
  readonly options: JsonValue;
  /** References to variables that are unset or empty; their keys are left out. */
  readonly missing: readonly { readonly key: string; readonly variable: string }[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Replaces every whole-value `$VAR` by the variable's value, at any depth. A variable that is unset or empty counts as
 * a key that is not there: an empty secret is no secret.
 */
export function resolveVariables(options: JsonValue, environment: Environment): ResolvedOptions {
  const missing: { key: string; variable: string }[] = [];
  const resolve = (value: JsonValue, path: readonly string[]): JsonValue | undefined => {
    if (typeof value === "string") {
      const variable = variableName(value);
      if (variable === null) return value;
      const found = environment[variable];
      if (found !== undefined && found !== "") return found;
      missing.push({ key: path.join("."), variable });
      return undefined;
    }
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).flatMap(([key, inner]: [string, JsonValue]) => {
      const resolved = resolve(inner, [...path, key]);
      return resolved === undefined ? [] : [[key, resolved] as const];
    });
    return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
  };
  return { options: resolve(options, []) ?? null, missing };
}
