import { createHash } from "node:crypto";
import { dirname } from "node:path";
import type { JsonObject, WorkflowConfig, WorkflowProblem } from "@signalbox/contracts";
import { isJsonObject } from "./fields.ts";
import { Findings } from "./findings.ts";
import { splitFrontMatter } from "./front-matter.ts";
import type { FrontMatter } from "./front-matter.ts";
import { resolveWorkflowPath } from "./locate-file.ts";
import type { Environment } from "./path-value.ts";
import { parseKeys } from "./parse-keys.ts";
import { readPrompt } from "./prompt-source.ts";
import { Spellings } from "./read-keys.ts";
import { decodeText, readBytes, realPathOf } from "./read-text.ts";
import { resolveConfig } from "./resolve-config.ts";
import { stateFolder } from "./state-folder.ts";
import { readYaml } from "./yaml-document.ts";
import type { YamlDocument } from "./yaml-document.ts";

export interface WorkflowOptions {
  /** Where relative arguments start. Default: the current folder. */
  readonly cwd?: string;
  /** Default: `process.env`. */
  readonly environment?: Environment;
  /** Replaces the state folder that follows from the environment. */
  readonly stateDir?: string;
}

export interface Inspection {
  /** `null` where a problem is an error. */
  readonly config: WorkflowConfig | null;
  /** The same, also where secrets that are not set are the only errors: to look at, and not to run. */
  readonly draft: WorkflowConfig | null;
  readonly problems: readonly WorkflowProblem[];
  /** Absolute path of `prompt_file`, whether it can be read or not. */
  readonly promptFile: string | null;
  readonly locate: Locate;
}

/** Where a key stands in the file, or the nearest one above it that is there; `null` where none is. Both 1-based. */
export type Locate = (
  key: readonly (string | number)[],
) => { readonly line: number; readonly column: number } | null;

/** Reads a workflow file and finds everything that is wrong with it. Throws only where the file cannot be read. */
export function inspectWorkflow(path: string | undefined, options: WorkflowOptions): Inspection {
  const cwd = options.cwd ?? process.cwd();
  const environment = options.environment ?? process.env;
  const realPath = realPathOf(resolveWorkflowPath(path, cwd));
  const bytes = readBytes(realPath);
  const findings = new Findings(realPath);
  const content = readContent(decodeText(bytes, realPath), realPath, findings);
  if (content === null) {
    const problems = findings.inOrder();
    return { config: null, draft: null, problems, promptFile: null, locate: () => null };
  }

  const spellings = new Spellings();
  const keys = parseKeys(content.document, spellings, findings);
  const prompt = readPrompt(
    {
      path: realPath,
      folder: dirname(realPath),
      environment,
      body: content.parts.body,
      bodyLine: content.parts.bodyLine,
      yaml: content.yaml,
      prompt: keys.prompt,
      promptFile: keys.promptFile,
      promptKey: spellings.of(["prompt"]),
      promptFileKey: spellings.of(["prompt_file"]),
    },
    findings,
  );
  const hash = createHash("sha256")
    .update(bytes)
    .update("\0")
    .update(prompt.fileBytes ?? "")
    .digest("hex");
  const stateDir = stateFolder(realPath, { cwd, environment, stateDir: options.stateDir });
  const config = resolveConfig(keys, {
    path: realPath,
    hash,
    stateDir,
    environment,
    prompt: prompt.source,
    raw: content.document,
    hasFrontMatter: content.parts.isThere,
    spellings,
    findings,
  });
  return {
    config: findings.hasErrors ? null : config,
    draft: findings.lacksSecretsAlone ? config : null,
    problems: findings.inOrder(),
    promptFile: prompt.file,
    locate: (key) => content.yaml.positionOf(spellings.of(key)),
  };
}

interface Content {
  readonly parts: FrontMatter;
  readonly yaml: YamlDocument;
  readonly document: JsonObject;
}

function readContent(text: string, path: string, findings: Findings): Content | null {
  const isYamlFile = /\.ya?ml$/i.test(path);
  const parts = isYamlFile
    ? { yaml: text, isThere: true, yamlLine: 1, body: "", bodyLine: 1 }
    : splitFrontMatter(text);
  if (parts === null) {
    findings.addForFile(
      "error",
      "workflow_unterminated_front_matter",
      {
        message: "The front matter that begins here never ends.",
        remedy: "Close it with a line that holds --- alone.",
      },
      { line: 1, column: 1 },
    );
    return null;
  }
  const reading = readYaml(parts.yaml, parts.yamlLine);
  if (reading.kind === "broken") {
    for (const finding of reading.findings) {
      findings.addForFile("error", "workflow_parse_error", finding, finding);
    }
    return null;
  }
  const yaml = reading.document;
  findings.locateIn(yaml);
  for (const warning of yaml.warnings) {
    findings.addForFile("warning", "yaml_warning", warning, warning);
  }
  const document = yaml.value ?? {};
  if (!isJsonObject(document)) {
    findings.addForFile(
      "error",
      "workflow_front_matter_not_a_map",
      {
        message: `The ${isYamlFile ? "file" : "front matter"} is ${Array.isArray(document) ? "a list" : "a single value"}, not a map of keys.`,
        remedy: "Write keys such as `tracker:` with their values below them.",
      },
      { line: parts.yamlLine, column: 1 },
    );
    return null;
  }
  return { parts, yaml, document };
}
