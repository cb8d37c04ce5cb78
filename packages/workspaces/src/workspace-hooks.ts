import { SignalboxError } from "@signalbox/contracts";
import type { HooksConfig, Logger, WorkflowConfig, WorkspaceRef } from "@signalbox/contracts";
import { agentEnvironment, findExecutable, runCommand } from "@signalbox/process";
import type { CommandResult } from "@signalbox/process";
import { assertSafeWorkspace } from "./safe-path.ts";

export interface WorkspaceHooksOptions {
  /** Where PATH, HOME and the other harmless variables of a hook come from. Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Gets what hooks print, and the errors that are not passed on. Default: nobody. */
  readonly logger?: Logger;
}

/** What a hook is told beside its workspace. */
export interface HookContext {
  readonly runId?: string;
  /** `null` on the first run of an issue. */
  readonly attempt?: number | null;
}

type HookName = "after_create" | "before_run" | "after_run" | "before_remove";

const maxLoggedCharacters = 4_000;

/**
 * Runs the hooks of a workflow file. A hook is a script for `bash -c` (`sh -c` where there is no bash); it starts in
 * the workspace with the same environment as an agent, plus `SIGNALBOX_ISSUE_IDENTIFIER`, `SIGNALBOX_ISSUE_ID`,
 * `SIGNALBOX_WORKSPACE`, `SIGNALBOX_BRANCH`, `SIGNALBOX_RUN_ID` and `SIGNALBOX_ATTEMPT`, where known. What it prints
 * is cut and logged. Past `timeoutMs`, or on abort, it dies with everything it started. A hook that is `null` does
 * nothing.
 */
export class WorkspaceHooks {
  readonly #hooks: HooksConfig;
  readonly #graceMs: number;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #logger: Logger | null;

  constructor(
    config: Pick<WorkflowConfig, "hooks" | "agent">,
    options: WorkspaceHooksOptions = {},
  ) {
    this.#hooks = config.hooks;
    this.#graceMs = config.agent.graceMs;
    this.#environment = options.environment ?? process.env;
    this.#logger = options.logger ?? null;
  }

  /** Once for a new workspace; `WorkspaceManager` calls it. Throws `hook_failed` or `hook_timed_out`. */
  async afterCreate(
    workspace: WorkspaceRef,
    context: HookContext,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#run("after_create", this.#hooks.afterCreate, workspace, context, signal);
  }

  /** Before each attempt. Throws `hook_failed` or `hook_timed_out`, which fails the attempt. */
  async beforeRun(
    workspace: WorkspaceRef,
    context: HookContext,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#run("before_run", this.#hooks.beforeRun, workspace, context, signal);
  }

  /** After each attempt, however it ended: give it a signal that the end of the run has not aborted. Never throws. */
  async afterRun(
    workspace: WorkspaceRef,
    context: HookContext,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#runLogged("after_run", this.#hooks.afterRun, workspace, context, signal);
  }

  /** Before a workspace is removed; `WorkspaceManager` calls it. Never throws. */
  async beforeRemove(
    workspace: WorkspaceRef,
    context: HookContext,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#runLogged("before_remove", this.#hooks.beforeRemove, workspace, context, signal);
  }

  async #runLogged(
    name: HookName,
    script: string | null,
    workspace: WorkspaceRef,
    context: HookContext,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#run(name, script, workspace, context, signal);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#logger?.log("warn", message, { ...logFields(workspace, context), hook: name });
    }
  }

  async #run(
    name: HookName,
    script: string | null,
    workspace: WorkspaceRef,
    context: HookContext,
    signal: AbortSignal,
  ): Promise<void> {
    if (script === null) return;
    signal.throwIfAborted();
    await assertSafeWorkspace(workspace);
    const environment = agentEnvironment({
      from: this.#environment,
      set: hookVariables(workspace, context),
    });
    const result = await runCommand({
      command: [await shell(environment["PATH"] ?? ""), "-c", script],
      cwd: workspace.path,
      environment,
      runMarker: context.runId ?? null,
      timeoutMs: this.#hooks.timeoutMs,
      graceMs: this.#graceMs,
      signal,
    });
    const output = outputOf(result);
    this.#logger?.log("debug", `Hook ${name} ended.`, {
      ...logFields(workspace, context),
      hook: name,
      duration_ms: Math.round(result.durationMs),
      output,
    });
    const problem = problemOf(result, this.#hooks.timeoutMs);
    if (problem === null) return;
    throw new SignalboxError(
      result.timedOut ? "hook_timed_out" : "hook_failed",
      `Hook ${name} of issue ${JSON.stringify(workspace.identifier.slice(0, 80))} ${problem}. ${output}`.trim(),
      {
        retryable: true,
        remedy: result.timedOut
          ? `Make hooks.${name} faster, or raise hooks.timeout_ms.`
          : `Run hooks.${name} by hand in ${workspace.path}, and repair what fails.`,
      },
    );
  }
}

async function shell(path: string): Promise<string> {
  return (await findExecutable("bash", path)) ?? "sh";
}

function hookVariables(workspace: WorkspaceRef, context: HookContext): Record<string, string> {
  const variables: Record<string, string> = {
    SIGNALBOX_ISSUE_IDENTIFIER: withoutNul(workspace.identifier),
    SIGNALBOX_ISSUE_ID: withoutNul(workspace.issueId),
    SIGNALBOX_WORKSPACE: workspace.path,
  };
  if (workspace.branch !== null) variables["SIGNALBOX_BRANCH"] = workspace.branch;
  if (context.runId !== undefined) variables["SIGNALBOX_RUN_ID"] = context.runId;
  if (typeof context.attempt === "number") {
    variables["SIGNALBOX_ATTEMPT"] = String(context.attempt);
  }
  return variables;
}

/** No environment variable can hold a NUL. */
function withoutNul(text: string): string {
  return text.replaceAll("\0", "");
}

function logFields(workspace: WorkspaceRef, context: HookContext): Record<string, string> {
  return {
    issue_id: workspace.issueId,
    issue_identifier: workspace.identifier,
    ...(context.runId === undefined ? {} : { run_id: context.runId }),
  };
}

function problemOf(result: CommandResult, timeoutMs: number): string | null {
  if (result.timedOut) return `took longer than ${timeoutMs} ms and was ended`;
  if (result.exit.code === 0) return null;
  if (result.exit.code === null) return `was ended by ${result.exit.signal ?? "a signal"}`;
  return `ended with code ${result.exit.code}`;
}

/** What the hook said last matters most. */
function outputOf(result: CommandResult): string {
  const text = [result.stdout.text.trim(), result.stderr.text.trim()]
    .filter((part) => part !== "")
    .join("\n");
  return text.length <= maxLoggedCharacters ? text : `…${text.slice(-maxLoggedCharacters)}`;
}
