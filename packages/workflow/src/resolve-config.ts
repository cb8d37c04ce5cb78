import { dirname, join } from "node:path";
import type {
  JsonObject,
  PromptSource,
  WorkflowConfig,
  WorkspaceConfig,
} from "@signalbox/contracts";
import type { Findings, KeyPath } from "./findings.ts";
import { expandPath, expandVariable, isRepositoryUrl } from "./path-value.ts";
import type { Environment } from "./path-value.ts";
import type { Spellings } from "./read-keys.ts";
import { reportMissingSecrets } from "./secrets.ts";
import { readStateCaps } from "./state-caps.ts";
import type { WorkflowKeys } from "./workflow-schema.ts";

export interface ResolveContext {
  readonly path: string;
  readonly hash: string;
  readonly stateDir: string;
  readonly environment: Environment;
  readonly prompt: PromptSource;
  readonly raw: JsonObject;
  /** `false`: a Markdown file that is a prompt from its first line on. */
  readonly hasFrontMatter: boolean;
  readonly spellings: Spellings;
  readonly findings: Findings;
}

/** Fills in what follows from paths, the environment and other keys. Complete only where no error was found. */
export function resolveConfig(keys: WorkflowKeys, context: ResolveContext): WorkflowConfig {
  const { findings, spellings, environment } = context;
  const backend = keys.agent.backend ?? ("codex" in context.raw ? "codex" : "claude-code");
  const workspace = resolveWorkspace(keys, context);
  checkTracker(keys, context);
  checkCodexCommand(keys, context);
  reportMissingSecrets(
    keys.tracker.provider,
    (key) => spellings.of(["tracker", "provider", key]),
    environment,
    findings,
  );
  reportMissingSecrets(
    keys.backends[backend] ?? {},
    (key) => spellings.of(["backends", backend, key]),
    environment,
    findings,
  );
  return {
    source: { path: context.path, folder: dirname(context.path), hash: context.hash },
    stateDir: context.stateDir,
    prompt: context.prompt,
    tracker: keys.tracker,
    polling: keys.polling,
    workspace,
    hooks: keys.hooks,
    agent: {
      ...keys.agent,
      backend,
      maxConcurrentAgentsByState: readStateCaps(
        keys.agent.maxConcurrentAgentsByState,
        spellings.of(["agent", "max_concurrent_agents_by_state"]),
        findings,
      ),
    },
    backends: keys.backends,
    delivery: { ...keys.delivery, kind: deliveryKind(keys, workspace, context) },
    sandbox: {
      ...keys.sandbox,
      readable: (keys.sandbox.readable ?? []).map((path) =>
        expandPath(path, dirname(context.path), environment),
      ),
    },
    budgets: keys.budgets,
    ...(keys.prices === undefined ? {} : { prices: keys.prices }),
    runner: keys.runner,
    onTerminate: keys.onTerminate,
    journal: {
      kind: keys.journal.kind,
      path: keys.journal.path && resolvePath(keys.journal.path, ["journal", "path"], context),
    },
    retention: keys.retention,
    memoryReserveMb: keys.memoryReserveMb,
    server: keys.server,
    unknownKeys: findings.unknownKeys,
    raw: context.raw,
  };
}

function resolveWorkspace(keys: WorkflowKeys, context: ResolveContext): WorkspaceConfig {
  const { kind, root, repository, base } = keys.workspace;
  const populatedByHook = keys.hooks.afterCreate !== null && repository === null;
  return {
    kind: kind ?? (populatedByHook ? "folder" : "git"),
    root:
      root === null
        ? join(context.stateDir, "workspaces")
        : resolvePath(root, ["workspace", "root"], context),
    repository: resolvePath(repository ?? ".", ["workspace", "repository"], context),
    base,
  };
}

/** A plain folder has no branch to deliver. */
function deliveryKind(
  keys: WorkflowKeys,
  workspace: WorkspaceConfig,
  { spellings, findings }: ResolveContext,
): WorkflowConfig["delivery"]["kind"] {
  const { kind } = keys.delivery;
  if (workspace.kind === "git") return kind ?? "branch";
  if (kind !== null && kind !== "none") {
    findings.addForKey("error", "contradiction", spellings.of(["delivery", "kind"]), {
      message: `cannot be ${kind} where workspace.kind is folder: there is no branch to deliver.`,
      remedy: "Write delivery.kind: none, or workspace.kind: git.",
    });
  }
  return "none";
}

/** Absolute, or the URL of a repository. */
function resolvePath(written: string, key: KeyPath, context: ResolveContext): string {
  const expanded = expandVariable(written, context.environment);
  if (expanded.kind === "missing") {
    context.findings.addForKey("error", "missing_variable", context.spellings.of(key), {
      message: `names the environment variable ${expanded.variable}, which is not set or is empty.`,
      remedy: `Set ${expanded.variable}, or write the path.`,
    });
    return written;
  }
  if (key.at(-1) === "repository" && isRepositoryUrl(expanded.value)) return expanded.value;
  return expandPath(expanded.value, dirname(context.path), context.environment);
}

function checkTracker(
  keys: WorkflowKeys,
  { spellings, findings, hasFrontMatter }: ResolveContext,
): void {
  const key = spellings.of(["tracker", "kind"]);
  if (
    keys.tracker.kind !== "" ||
    findings.hasErrorFor(key) ||
    findings.hasErrorFor(key.slice(0, 1))
  )
    return;
  if (!hasFrontMatter) {
    findings.addForKey("error", "missing_key", key, {
      message:
        "is missing: the file has no front matter, which begins with `---` alone on its very first line.",
      remedy:
        "Write `---`, then keys such as `tracker: { kind: roadmap }`, then `---` again, above the prompt; `signalbox init` writes such a file.",
    });
    return;
  }
  findings.addForKey("error", "missing_key", key, {
    message: "is missing: it names the tracker whose issues are worked on.",
    remedy:
      "Write for example `tracker: { kind: roadmap }`. An adapter that you install is written by the end of its name, `<name>` for `npm install @signalbox/tracker-<name>` or `signalbox-tracker-<name>`, or by its whole name.",
  });
}

/** The command line goes to the backend as it is written, so that a blank one is all that can be wrong here. */
function checkCodexCommand(keys: WorkflowKeys, { spellings, findings }: ResolveContext): void {
  const options = keys.backends["codex"] ?? {};
  if (!("command" in options)) return;
  const { command } = options;
  if (typeof command === "string" && command.trim() !== "") return;
  findings.addForKey("error", "invalid_value", spellings.of(["backends", "codex", "command"]), {
    message: "must be a command line that is not blank.",
    remedy: "Write for example `command: codex app-server`, or remove the key.",
  });
}
