import type { ProcessOrder } from "../spawn/process-order.ts";
import { bwrapCommand } from "./bwrap-command.ts";
import { containmentUnavailable } from "./containment-error.ts";
import { modelGateCommand } from "./model-gate.ts";
import { probeBwrap } from "./probe-bwrap.ts";
import { resourceLimits } from "./resource-limits.ts";

export interface Enclosed {
  /** Absolute: what is really started. */
  readonly path: string;
  readonly command: readonly [string, ...string[]];
  /** See `TreeRoot.isJailer`. */
  readonly isJailer: boolean;
}

/** Puts the program at `path` behind what its containment asks for. Rejects with `containment_unavailable`. */
export async function enclose(
  {
    command,
    containment,
    cwd,
    environment,
    programs = [],
  }: Pick<ProcessOrder, "command" | "containment" | "cwd" | "environment" | "programs">,
  path: string,
): Promise<Enclosed> {
  if (containment === undefined) return { path, command, isJailer: false };
  const [, ...parameters] = command;
  const limited = [...(await resourceLimits(containment)), path, ...parameters];
  if (containment.tier === "none") return startOf(limited, command, false);
  const { path: bwrap, because } = await probeBwrap();
  if (bwrap === null) throw unavailable(because);
  const gate = modelGateCommand(containment.modelGate);
  const prefix = bwrapCommand({
    bwrap,
    containment,
    programs: [path, ...programs, ...gate.slice(0, 1)],
    path: environment["PATH"] ?? "",
    cwd,
  });
  return startOf([...prefix, ...gate, ...limited], command, true);
}

function startOf(
  words: readonly string[],
  [name, ...rest]: ProcessOrder["command"],
  isJailer: boolean,
): Enclosed {
  const [path = name, ...parameters] = words;
  // What is started unwrapped keeps the name it was called by.
  const isWrapped = parameters.length > rest.length;
  return { path, command: [isWrapped ? path : name, ...parameters], isJailer };
}

function unavailable(because: string): Error {
  return containmentUnavailable(
    `The sandbox \`bwrap\` cannot be had: ${because}`,
    "Install bubblewrap and allow user namespaces, or write `sandbox: { tier: none }`.",
  );
}
