import type { JsonObject } from "@signalbox/contracts";
import { nearestName } from "@signalbox/contracts";
import * as v from "valibot";
import { moveAliases } from "./aliases.ts";
import { isJsonObject } from "./fields.ts";
import type { Findings, KeyPath } from "./findings.ts";
import { keyTree } from "./key-tree.ts";
import type { KeyNode, KeyTree } from "./key-tree.ts";
import { readKeys } from "./read-keys.ts";
import type { Spellings } from "./read-keys.ts";
import { workflowSchema } from "./workflow-schema.ts";
import type { WorkflowKeys } from "./workflow-schema.ts";

/**
 * The keys of a document, each brought to its one name and checked. A key that fails is reported and counts as left
 * out, so that what depends on other keys can still be checked.
 */
export function parseKeys(
  document: JsonObject,
  spellings: Spellings,
  findings: Findings,
): WorkflowKeys {
  let keys = readKeys(moveAliases(document, spellings, findings), spellings, findings);
  const result = v.safeParse(workflowSchema, keys, { abortPipeEarly: true });
  if (result.success) return result.output;
  for (const issue of result.issues) {
    const path = pathOf(issue);
    reportIssue(issue, path, spellings, findings);
    keys = without(keys, path, keyTree);
  }
  return v.parse(workflowSchema, keys);
}

function pathOf(issue: v.BaseIssue<unknown>): KeyPath {
  return (issue.path ?? []).flatMap(({ key }) =>
    typeof key === "string" || typeof key === "number" ? [key] : [],
  );
}

function without(section: JsonObject, [first, ...rest]: KeyPath, tree: KeyTree): JsonObject {
  const name = String(first);
  const { [name]: value, ...others } = section;
  const children = tree.get(name)?.keys ?? null;
  return children !== null && rest.length > 0 && isJsonObject(value)
    ? { ...others, [name]: without(value, rest, children) }
    : others;
}

function reportIssue(
  issue: v.BaseIssue<unknown>,
  path: KeyPath,
  spellings: Spellings,
  findings: Findings,
): void {
  const near =
    issue.type === "picklist" && typeof issue.input === "string"
      ? nearestName(issue.input, issue.message.replace("one of ", "").split(", "))
      : null;
  findings.addForKey("error", "invalid_value", spellings.of(path), {
    message: `must be ${issue.message}, not ${shown(issue.input)}.`,
    remedy: near === null ? remedyFor(path) : `Did you mean ${near}?`,
  });
}

function remedyFor(path: KeyPath): string {
  let node: KeyNode | undefined;
  for (const step of path) node = (node?.keys ?? keyTree).get(String(step));
  const fallback = node?.default;
  return fallback === undefined || isJsonObject(fallback) || fallback === null
    ? "Correct the value, or remove the key."
    : `Correct the value, or remove the key for the default ${JSON.stringify(fallback)}.`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
