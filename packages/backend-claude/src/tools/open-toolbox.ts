import type { SessionOrder } from "@signalbox/contracts";
import { locateProgram } from "@signalbox/process";
import type { ClaudeSettings } from "../claude-options.ts";
import { CommitTool } from "./commit-tool.ts";
import { EditTool } from "./edit-tool.ts";
import { hostTools } from "./host-tools.ts";
import type { ProgramPlace } from "./programs.ts";
import { FindTool, SearchTool } from "./search-tools.ts";
import { ShellTool } from "./shell-tool.ts";
import type { Tool } from "./tool.ts";
import { Toolbox } from "./toolbox.ts";
import { WorkspaceFiles } from "./workspace-files.ts";

const maxViewCharacters = 50_000;

export interface OpenToolbox {
  readonly toolbox: Toolbox;
  /** Tools of the host that the model is not offered. */
  readonly refused: readonly string[];
}

/** The tools of one session. Starts nothing. */
export async function openToolbox(
  order: SessionOrder,
  settings: ClaudeSettings,
  environment: Readonly<Record<string, string>>,
  reserved: ReadonlySet<string>,
): Promise<OpenToolbox> {
  const files = await WorkspaceFiles.of(order.cwd, settings.denyPaths);
  const place: ProgramPlace = {
    cwd: files.root,
    environment,
    runMarker: order.environment["SIGNALBOX_RUN_ID"] ?? null,
    containment: order.containment ?? null,
    graceMs: order.limits.graceMs,
    maxOutputBytes: settings.maxOutputBytes,
    onSurvivors: (pids) => {
      const text = `Processes that the agent started cannot be ended: ${pids.join(", ")}`;
      order.emit({ type: "notice", level: "error", text });
    },
  };
  const shell = await shellOf(place);
  const own: readonly Tool[] = [
    new EditTool(files, maxViewCharacters),
    new SearchTool(files, place),
    new FindTool(files, place),
    new CommitTool(place),
    new ShellTool(place, shell, settings.commandTimeoutMs),
  ];
  const { tools, refused } = hostTools(
    order.tools,
    new Set([...reserved, ...own.map(({ name }) => name)]),
  );
  return { toolbox: new Toolbox([...own, ...tools], settings), refused };
}

async function shellOf({ cwd, environment }: ProgramPlace): Promise<string> {
  try {
    await locateProgram({ program: "bash", cwd, environment });
    return "bash";
  } catch {
    return "sh";
  }
}
