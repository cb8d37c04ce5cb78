import type { PromptSource } from "@signalbox/contracts";
import { SignalboxError } from "@signalbox/contracts";
import type { Findings, KeyPath } from "./findings.ts";
import { expandPath, expandVariable } from "./path-value.ts";
import type { Environment } from "./path-value.ts";
import { decodeText, readBytes } from "./read-text.ts";
import type { YamlDocument } from "./yaml-document.ts";

export interface PromptParts {
  /** Absolute path of the workflow file. */
  readonly path: string;
  readonly folder: string;
  readonly environment: Environment;
  /** The text below the front matter; blank in a YAML file. */
  readonly body: string;
  readonly bodyLine: number;
  readonly yaml: YamlDocument;
  readonly prompt: string | null;
  readonly promptFile: string | null;
  /** How the file spells `prompt` and `prompt_file`. */
  readonly promptKey: KeyPath;
  readonly promptFileKey: KeyPath;
}

export interface PromptReading {
  readonly source: PromptSource;
  /** Absolute path of `prompt_file`, readable or not; `null` without one. */
  readonly file: string | null;
  readonly fileBytes: Uint8Array | null;
}

/** Takes the prompt from the one place that holds it. */
export function readPrompt(parts: PromptParts, findings: Findings): PromptReading {
  const hasBody = parts.body.trim() !== "";
  const hasPrompt = parts.prompt !== null && parts.prompt.trim() !== "";
  if (hasPrompt && (hasBody || parts.promptFile !== null)) {
    reportSecondPrompt(parts.promptKey, hasBody, findings);
  } else if (hasBody && parts.promptFile !== null) {
    reportSecondPrompt(parts.promptFileKey, hasBody, findings);
  }
  if (parts.promptFile !== null) return readPromptFile(parts, parts.promptFile, findings);
  const at = hasPrompt ? parts.yaml.textPositionOf(parts.promptKey) : null;
  const text = hasPrompt ? (parts.prompt ?? "") : parts.body;
  const line = hasPrompt ? (at?.line ?? 1) : parts.bodyLine;
  return {
    source: trimmed(text, parts.path, line, at?.indent ?? 0),
    file: null,
    fileBytes: null,
  };
}

function readPromptFile(parts: PromptParts, written: string, findings: Findings): PromptReading {
  const expanded = expandVariable(written, parts.environment);
  if (expanded.kind === "missing") {
    findings.addForKey("error", "missing_variable", parts.promptFileKey, {
      message: `names the environment variable ${expanded.variable}, which is not set or is empty.`,
      remedy: `Set ${expanded.variable}, or write the path.`,
    });
    return { source: trimmed("", parts.path, 1, 0), file: null, fileBytes: null };
  }
  const file = expandPath(expanded.value, parts.folder, parts.environment);
  try {
    const fileBytes = readBytes(file);
    return { source: trimmed(decodeText(fileBytes, file), file, 1, 0), file, fileBytes };
  } catch (error) {
    if (!SignalboxError.isInstance(error)) throw error;
    findings.addForKey("error", "prompt_file", parts.promptFileKey, {
      message: `names a file that cannot be used: ${error.message}.`,
      remedy: error.remedy ?? "Name another file.",
    });
    return { source: trimmed("", file, 1, 0), file, fileBytes: null };
  }
}

function trimmed(text: string, path: string, line: number, indent: number): PromptSource {
  const blankLines = /^\s*/.exec(text)?.[0].split("\n").length ?? 1;
  return {
    template: text.trim(),
    path,
    line: text.trim() === "" ? line : line + blankLines - 1,
    ...(indent > 0 ? { indent } : {}),
  };
}

function reportSecondPrompt(key: KeyPath, hasBody: boolean, findings: Findings): void {
  findings.addForKey("error", "both_places", key, {
    message: hasBody
      ? "is a second prompt beside the text below the front matter."
      : "is a second prompt beside prompt_file.",
    remedy: "Keep one of them.",
  });
}
