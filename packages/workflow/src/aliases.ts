import type { JsonObject, JsonValue } from "@signalbox/contracts";
import { isJsonObject } from "./fields.ts";
import type { Findings } from "./findings.ts";
import { reportBothSpellings } from "./read-keys.ts";
import type { Spellings } from "./read-keys.ts";
import { toSnakeCase } from "./snake-case.ts";

/** Adapter options that most files in use keep directly below `tracker`. */
export const trackerAliases: ReadonlySet<string> = new Set([
  "api_key",
  "assignee",
  "base_url",
  "email",
  "endpoint",
  "file_path",
  "filter",
  "jql",
  "owner",
  "path",
  "project",
  "project_id",
  "project_key",
  "project_slug",
  "query",
  "repo",
  "repository",
  "team",
  "team_id",
  "team_key",
  "token",
  "url",
]);

/** Moves flat tracker options below `tracker.provider`, and `codex` below `backends`. The rest is as it was. */
export function moveAliases(
  document: JsonObject,
  spellings: Spellings,
  findings: Findings,
): JsonObject {
  return moveCodex(moveTrackerOptions(document, spellings, findings), spellings, findings);
}

function moveTrackerOptions(
  document: JsonObject,
  spellings: Spellings,
  findings: Findings,
): JsonObject {
  const { tracker } = document;
  if (!isJsonObject(tracker)) return document;
  const provider = tracker["provider"] ?? {};
  if (!isJsonObject(provider)) return document;
  const given = new Map(Object.keys(provider).map((key) => [toSnakeCase(key), key]));
  const moved = new Map<string, JsonValue>();
  const rest = new Map<string, JsonValue>();
  for (const [spelling, value] of Object.entries(tracker)) {
    const name = toSnakeCase(spelling);
    if (!trackerAliases.has(name)) {
      rest.set(spelling, value);
      continue;
    }
    const written = ["tracker", spelling];
    const twin = given.get(name);
    if (moved.has(name)) reportBothSpellings(written, name, findings);
    else if (twin !== undefined) {
      findings.addForKey("error", "both_places", written, {
        message: `is the same option as tracker.provider.${twin}.`,
        remedy: `Keep tracker.provider.${twin} alone.`,
      });
    }
    if (value !== null) moved.set(name, value);
    spellings.set(["tracker", "provider", name], written);
  }
  if (moved.size === 0) return { ...document, tracker: Object.fromEntries(rest) };
  rest.set("provider", { ...provider, ...Object.fromEntries(moved) });
  return { ...document, tracker: Object.fromEntries(rest) };
}

function moveCodex(document: JsonObject, spellings: Spellings, findings: Findings): JsonObject {
  if (!("codex" in document)) return document;
  const { codex, ...rest } = document;
  const backends = rest["backends"] ?? {};
  if (!isJsonObject(backends)) return rest;
  if ("codex" in backends) {
    findings.addForKey("error", "both_places", ["codex"], {
      message: "holds the same options as backends.codex.",
      remedy: "Keep backends.codex alone.",
    });
  }
  spellings.set(["backends", "codex"], ["codex"]);
  return { ...rest, backends: { ...backends, codex: codex ?? {} } };
}
