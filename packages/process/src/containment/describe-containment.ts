import type { ContainmentTier } from "@signalbox/contracts";
import { findExecutable } from "../spawn/find-executable.ts";
import { cgroupControllers } from "./cgroup-limits.ts";
import { containmentUnavailable } from "./containment-error.ts";
import { probeBwrap } from "./probe-bwrap.ts";
import { systemPath } from "./resource-limits.ts";

/** What agents can be locked in with on this machine. */
export interface ContainmentMeans {
  readonly tier: ContainmentTier;
  /** Why it is not a better one; `null` for `bwrap`. */
  readonly because: string | null;
  /** What each of `sandbox.limits` counts under that tier. */
  readonly limits: {
    readonly memory: "tree" | "process" | "none";
    readonly processes: "tree" | "user namespace" | "none";
    readonly cpu: "process" | "none";
  };
}

/** What was asked for, as a workflow file has it. */
export interface ContainmentWish {
  readonly tier: ContainmentTier | "auto";
  readonly network: "on" | "off" | "model";
}

export interface ChosenContainment {
  readonly tier: ContainmentTier;
  /** With `auto`: why it is not a better one. `null` where it is the best, or the one that was asked for. */
  readonly because: string | null;
}

/** Tries what can be had here, rather than concluding it from versions. Costs a process the first time. */
export async function describeContainment(): Promise<ContainmentMeans> {
  const { because } = await probeBwrap();
  const tier = because === null ? "bwrap" : "none";
  const controllers = cgroupControllers();
  const perProcess = (await findExecutable("prlimit", systemPath)) === null ? "none" : "process";
  // The kernel does not count the processes of the root user, wherever it is.
  const isCounted = tier === "bwrap" && perProcess !== "none" && process.getuid?.() !== 0;
  return {
    tier,
    because,
    limits: {
      memory: controllers.has("memory") ? "tree" : perProcess,
      processes: controllers.has("pids") ? "tree" : isCounted ? "user namespace" : "none",
      cpu: perProcess,
    },
  };
}

/**
 * The tier for what was asked. `isHonoured`: whether the backend starts its programs in a sandbox at all. Rejects with
 * `containment_unavailable` where what was asked for by name cannot be had.
 */
export async function chooseContainment(
  { tier, network }: ContainmentWish,
  isHonoured: boolean,
): Promise<ChosenContainment> {
  const because = await obstacle(tier, isHonoured);
  if (because === null) return { tier: "bwrap", because: null };
  if (tier === "bwrap") {
    throw containmentUnavailable(
      `\`sandbox.tier: bwrap\` cannot be had: ${because}`,
      "Install bubblewrap and allow user namespaces, or write `auto` or `none` there.",
    );
  }
  if (network !== "on") {
    throw containmentUnavailable(
      `\`sandbox.network: ${network}\` needs the tier bwrap, and that cannot be had: ${because}`,
      "Make the tier bwrap work (`sandbox.tier: bwrap` says what it lacks), or write `on` there.",
    );
  }
  return { tier: "none", because: tier === "none" ? null : because };
}

async function obstacle(
  tier: ContainmentWish["tier"],
  isHonoured: boolean,
): Promise<string | null> {
  if (tier === "none") return "the workflow file says `sandbox.tier: none`";
  if (!isHonoured) return "the backend does not start its programs in sandboxes";
  return (await probeBwrap()).because;
}
