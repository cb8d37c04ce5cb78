import {
  SignalboxError,
  type JsonValue,
  type Plugin,
  type StandardSchemaIssue,
  type StandardSchemaResult,
} from "@signalbox/contracts";
import { redact } from "./redaction.ts";
import { resolveVariables } from "./resolve-variables.ts";
import { withinTime } from "./within-time.ts";

const checkLimitMs = 10_000;

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

/**
 * Resolves whole-value `$VAR`s from `environment` and asks the plugin's schema. Creates nothing. Rejects with
 * `plugin_invalid` where the schema itself fails.
 */
export async function checkPluginOptions(
  plugin: Plugin,
  rawOptions: JsonValue,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<OptionsCheck> {
  const { options, missing, secrets } = resolveVariables(rawOptions, environment);
  const result = await validate(plugin, options, secrets);
  if (result.issues === undefined) return { kind: "valid", options: result.value };
  const problems = result.issues.map((issue) => {
    const key = keyOf(issue);
    const unset = missing.find((reference) => reference.key === key.join("."));
    return { key, message: redact(issue.message, secrets), unsetVariable: unset?.variable ?? null };
  });
  return { kind: "invalid", problems };
}

function keyOf({ path = [] }: StandardSchemaIssue): readonly string[] {
  return path.map((step) => String(typeof step === "object" ? step.key : step));
}

async function validate(
  plugin: Plugin,
  options: JsonValue,
  secrets: readonly string[],
): Promise<StandardSchemaResult<unknown>> {
  try {
    return await withinTime(
      checkLimitMs,
      (async () => plugin.configSchema["~standard"].validate(options))(),
      () => new Error(`it did not answer within ${checkLimitMs / 1_000} s`),
    );
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new SignalboxError(
      "plugin_invalid",
      `the configSchema of the ${plugin.kind} \`${plugin.name}\` failed: ${redact(detail, secrets)}`,
      { remedy: "Mend the plugin: a schema reports what is wrong and does not throw." },
    );
  }
}
