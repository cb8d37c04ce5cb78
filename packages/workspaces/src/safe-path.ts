import type { Stats } from "node:fs";
import { lstat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import type { WorkspaceRef } from "@signalbox/contracts";
import { isWorkspaceKey } from "./workspace-key.ts";

/** The part of a workspace that decides where it stands. */
export type WorkspaceLocation = Pick<WorkspaceRef, "identifier" | "key" | "path">;

/**
 * Refuses a path that is not exactly one folder below its root, or that is a link to elsewhere. Call it right before
 * an agent starts in the workspace: what it was when it was made says nothing about what it is now.
 * Throws `workspace_unsafe_path`, or `workspace_occupied` where something other than a folder stands there.
 */
export async function assertSafeWorkspace(workspace: WorkspaceLocation): Promise<void> {
  const found = await inspectWorkspacePath(workspace);
  if (found === "missing") {
    throw new SignalboxError(
      "workspace_unsafe_path",
      `${describe(workspace)} is not there any more.`,
      {
        remedy:
          "Let Signalbox prepare it again, and find out what removed it while the issue was worked on.",
      },
    );
  }
}

/** Same as `assertSafeWorkspace`, for callers to whom a missing folder is no error. */
export async function inspectWorkspacePath(
  workspace: WorkspaceLocation,
): Promise<"missing" | "folder"> {
  const { key, path } = workspace;
  if (!isWorkspaceKey(key) || !isAbsolute(path) || basename(path) !== key) throw unsafe(workspace);
  if (join(dirname(path), key) !== path) throw unsafe(workspace);
  const stats = await statsOf(path);
  if (stats === null) return "missing";
  if (stats.isSymbolicLink()) {
    throw new SignalboxError(
      "workspace_unsafe_path",
      `${describe(workspace)} is a symbolic link, which may lead out of the workspace root.`,
      { remedy: `Remove the link ${path}; nothing behind it was touched.` },
    );
  }
  if (!stats.isDirectory()) throw occupied(workspace, "is not a folder");
  return "folder";
}

/** The error for a path that something of another owner stands on. Nothing was deleted. */
export function occupied(workspace: WorkspaceLocation, what: string): SignalboxError {
  return new SignalboxError("workspace_occupied", `${describe(workspace)} ${what}.`, {
    remedy: `Move ${workspace.path} away, or set workspace.root to a folder of its own.`,
  });
}

export function describe(workspace: WorkspaceLocation): string {
  return `The workspace ${workspace.path} of issue ${JSON.stringify(clip(workspace.identifier))}`;
}

function clip(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

function unsafe(workspace: WorkspaceLocation): SignalboxError {
  return new SignalboxError(
    "workspace_unsafe_path",
    `${describe(workspace)} is not a folder directly below its root.`,
    { remedy: "Let Signalbox prepare the workspace instead of naming a path by hand." },
  );
}

async function statsOf(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Whether a file system error says that there is nothing at that path. */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === "ENOENT" || error.code === "ENOTDIR")
  );
}
