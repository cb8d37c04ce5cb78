import type { JsonValue, Plugin, StandardSchemaIssue } from "@signalbox/contracts";
import { resolveVariables } from "./resolve-variables.ts";

/** What a plugin's own schema has against one of its options. Never holds a value. */
export interface OptionProblem {
  /** From the options down; empty: they are wrong as a whole. */
  readonly key: readonly string[];
  readonly message: string;
  /** A variable that the option refers to and that is unset or empty, which counts as missing. */
  readonly unsetVariable: string | null;
}

export type OptionsCheck =
  | { readonly kind: "valid"; readonly options: unknown }
  | { readonly kind: "invalid"; readonly problems: readonly OptionProblem[] };

/** Resolves whole-value `$VAR`s from `environment` and asks the plugin's schema. Creates nothing. */
export async function checkPluginOptions(
  plugin: Plugin,
  rawOptions: JsonValue,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<OptionsCheck> {
  const { options, missing } = resolveVariables(rawOptions, environment);
  const result = await plugin.configSchema["~standard"].validate(options);
  if (result.issues === undefined) return { kind: "valid", options: result.value };
  const problems = result.issues.map((issue) => {
    const key = keyOf(issue);
    const unset = missing.find((reference) => reference.key === key.join("."));
    return { key, message: issue.message, unsetVariable: unset?.variable ?? null };
  });
  return { kind: "invalid", problems };
}

function keyOf({ path = [] }: StandardSchemaIssue): readonly string[] {
  return path.map((step) => String(typeof step === "object" ? step.key : step));
}
