import type { JsonObject, JsonValue } from "@signalbox/contracts";
import { nearestName } from "@signalbox/contracts";
import { isJsonObject } from "./fields.ts";
import type { Findings, KeyPath } from "./findings.ts";
import { keyTree } from "./key-tree.ts";
import type { KeyTree } from "./key-tree.ts";
import { toSnakeCase } from "./snake-case.ts";

/** Remembers how the file spells each key that was brought to its one spelling. */
export class Spellings {
  readonly #written = new Map<string, KeyPath>();

  set(path: KeyPath, written: KeyPath): void {
    this.#written.set(path.join("\0"), written);
  }

  /** The path as the file spells it, as far as it is known. */
  of(path: KeyPath): KeyPath {
    for (let length = path.length; length > 0; length -= 1) {
      const written = this.#written.get(path.slice(0, length).join("\0"));
      if (written !== undefined) return [...written, ...path.slice(length)];
    }
    return path;
  }
}

/**
 * Brings known keys to snake_case, leaves out those that are `null`, and reports unknown keys and keys that are
 * there in both spellings.
 */
export function readKeys(
  document: JsonObject,
  spellings: Spellings,
  findings: Findings,
): JsonObject {
  const readSection = (
    section: JsonObject,
    tree: KeyTree,
    path: readonly string[],
    written: KeyPath,
  ): JsonObject => {
    const result = new Map<string, JsonValue>();
    const seen = new Set<string>();
    for (const [spelling, value] of Object.entries(section)) {
      const name = tree.has(spelling) ? spelling : toSnakeCase(spelling);
      const node = tree.get(name);
      const writtenKey = spellings.of([...written, spelling]);
      if (node === undefined) {
        findings.addUnknownKey(writtenKey, unknownKeyRemedy(spelling, tree, path));
        continue;
      }
      if (seen.has(name)) reportBothSpellings(writtenKey, name, findings);
      seen.add(name);
      const childPath = [...path, name];
      spellings.set(childPath, writtenKey);
      if (value === null) continue;
      if (node.keys === null) result.set(name, value);
      else if (isJsonObject(value)) {
        result.set(name, readSection(value, node.keys, childPath, writtenKey));
      } else {
        findings.addForKey("error", "invalid_value", writtenKey, {
          message: `must be a map of ${[...node.keys.keys()].join(", ")}.`,
          remedy: "Write one key with its value on each line below it.",
        });
      }
    }
    return Object.fromEntries(result);
  };
  return readSection(document, keyTree, [], []);
}

/** One key, written as `max_turns` and as `maxTurns`. */
export function reportBothSpellings(written: KeyPath, name: string, findings: Findings): void {
  findings.addForKey("error", "both_spellings", written, {
    message: `is the same key as another spelling of ${name}.`,
    remedy: `Keep one of them, for example ${name}.`,
  });
}

function unknownKeyRemedy(key: string, tree: KeyTree, path: readonly string[]): string {
  const near = nearestName(key, tree.keys());
  if (near !== null) return `Did you mean ${near}?`;
  return path[0] === "tracker" && path.length === 1
    ? "If it is an option of the tracker, move it below tracker.provider."
    : "Remove it, or leave it there for an extension that reads it.";
}
