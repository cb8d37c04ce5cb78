import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { variableName } from "@signalbox/contracts";

export type Environment = Readonly<Record<string, string | undefined>>;

export type ExpandedValue =
  | { readonly kind: "value"; readonly value: string }
  /** The variable that it names is not set, or empty. */
  | { readonly kind: "missing"; readonly variable: string };

/** A whole-value `$VAR` or `${VAR}`; other text as it is. */
export function expandVariable(value: string, environment: Environment): ExpandedValue {
  const variable = variableName(value);
  if (variable === null) return { kind: "value", value };
  const found = environment[variable]?.trim() ?? "";
  return found === "" ? { kind: "missing", variable } : { kind: "value", value: found };
}

/** Absolute: `~` is the user's home, all else starts at `folder`. */
export function expandPath(path: string, folder: string, environment: Environment): string {
  const home = environment["HOME"] ?? "";
  const atHome = isAbsolute(home) ? home : homedir();
  if (path === "~") return atHome;
  return path.startsWith("~/") ? join(atHome, path.slice(2)) : resolve(folder, path);
}

/** git's own rule: `scheme://…`, or `host:path` with no slash before the colon. */
export function isRepositoryUrl(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) || /^[^/\\:]{2,}:/.test(value);
}
