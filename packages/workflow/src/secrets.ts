import type { JsonObject } from "@signalbox/contracts";
import type { Findings, KeyPath } from "./findings.ts";
import { expandVariable } from "./path-value.ts";
import type { Environment } from "./path-value.ts";
import { toSnakeCase } from "./snake-case.ts";

const secretKeys: ReadonlySet<string> = new Set(["api_key", "token"]);

/** Reports secrets whose variable is not set or empty, before an adapter fails for want of them. */
export function reportMissingSecrets(
  options: JsonObject,
  writtenPath: (key: string) => KeyPath,
  environment: Environment,
  findings: Findings,
): void {
  for (const [key, value] of Object.entries(options)) {
    if (typeof value !== "string" || !secretKeys.has(toSnakeCase(key))) continue;
    const expanded = expandVariable(value, environment);
    if (expanded.kind === "value") continue;
    findings.addForKey("error", "missing_secret", writtenPath(key), {
      message: `names the environment variable ${expanded.variable}, which is not set or is empty.`,
      remedy: `Set ${expanded.variable} in the environment of the daemon.`,
    });
  }
}
