import { createHash } from "node:crypto";
import type { RunOrder, Workspace } from "@signalbox/contracts";

/**
 * What every process of a run carries as `SIGNALBOX_RUN_ID`. Run ids are unique within one state folder; on a machine
 * with several daemons it takes the folder, too.
 */
export function runMarker(stateDir: string, runId: string): string {
  return `${createHash("sha256").update(stateDir).digest("hex").slice(0, 12)}-${runId}`;
}

/** The variables that an agent finds in its environment, the same ones that hooks get. */
export function runEnvironment(
  marker: string,
  order: RunOrder,
  workspace: Workspace,
): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {
    SIGNALBOX_RUN_ID: marker,
    SIGNALBOX_ISSUE_ID: withoutNul(order.issue.id),
    SIGNALBOX_ISSUE_IDENTIFIER: withoutNul(order.issue.identifier),
    SIGNALBOX_WORKSPACE: workspace.path,
  };
  if (workspace.branch !== null) environment["SIGNALBOX_BRANCH"] = workspace.branch;
  if (order.attempt !== null) environment["SIGNALBOX_ATTEMPT"] = String(order.attempt);
  return environment;
}

/** No environment variable can hold a NUL. */
function withoutNul(text: string): string {
  return text.replaceAll("\0", "");
}
