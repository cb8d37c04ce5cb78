import { SignalboxError, type WorkflowConfig } from "@signalbox/contracts";

/** A setting that a workflow file may have and that this version cannot honour. */
export interface Unavailable {
  readonly key: readonly string[];
  readonly asked: string;
  /** What can be had in its place. */
  readonly available: string;
}

/** What is asked for by name and cannot be had is refused before anything starts: nothing degrades in silence. */
export function refuseUnavailable(config: WorkflowConfig): void {
  const [first] = findUnavailable(config);
  if (first === undefined) return;
  const { message, remedy } = unavailableText(first);
  throw new SignalboxError("workflow_invalid", `${config.source.path}: ${message}`, { remedy });
}

export function findUnavailable(config: WorkflowConfig): readonly Unavailable[] {
  const { delivery } = config;
  return [
    unless(delivery.kind !== "pull-request", ["delivery", "kind"], delivery.kind, "branch"),
  ].flat();
}

export function unavailableText({ key, asked, available }: Unavailable): {
  readonly message: string;
  readonly remedy: string;
} {
  return {
    message: `\`${key.join(".")}: ${asked}\` is not available in this version`,
    remedy: `Write \`${available}\` there, or leave the key out.`,
  };
}

function unless(
  isAvailable: boolean,
  key: readonly string[],
  asked: string,
  available: string,
): readonly Unavailable[] {
  return isAvailable ? [] : [{ key, asked, available }];
}
