import { type Logger, SignalboxError, type WorkflowConfig } from "@signalbox/contracts";
import { chooseContainment, describeContainment } from "@signalbox/process";
import { agentNeeds } from "./load-plugins.ts";

/** A sandbox that was asked for by name and cannot be had is refused; what there is instead with `auto` is said. */
export async function acceptContainment(config: WorkflowConfig, logger: Logger): Promise<void> {
  const error = await containmentProblem(config);
  if (error !== null) {
    const { code, message, remedy } = error;
    const text = `${config.source.path}: ${message}`;
    throw new SignalboxError(code, text, remedy === null ? {} : { remedy });
  }
  const { tier, because } = await choose(config);
  if (tier === "bwrap") logger.log("info", "Agents run in the sandbox bwrap.");
  else if (because !== null) logger.log("warn", `Agents run in no sandbox: ${because}.`);
  const unlimited = await idleLimits(config);
  if (unlimited.length > 0) {
    const keys = unlimited.map((key) => `sandbox.limits.${key}`).join(", ");
    logger.log("warn", `This machine cannot enforce ${keys}.`);
  }
}

/** Why what the file asks for by name cannot be had; `null` where it can. */
export async function containmentProblem(config: WorkflowConfig): Promise<SignalboxError | null> {
  try {
    await choose(config);
    return null;
  } catch (error) {
    if (SignalboxError.isInstance(error) && error.code === "containment_unavailable") return error;
    throw error;
  }
}

async function choose(config: WorkflowConfig): ReturnType<typeof chooseContainment> {
  const needs = await agentNeeds(config);
  const hasModel =
    (config.sandbox.modelEndpoints ?? []).length + (needs?.modelEndpoints.length ?? 0);
  const chosen = await chooseContainment(config.sandbox, needs !== null);
  if (config.sandbox.network !== "model" || hasModel > 0) return chosen;
  throw new SignalboxError(
    "containment_unavailable",
    "`sandbox.network: model` cannot be had: the backend does not say where its model is",
    { remedy: "Name its URLs in `sandbox.model_endpoints`, or write `on` or `off`." },
  );
}

async function idleLimits({ sandbox }: WorkflowConfig): Promise<readonly string[]> {
  const { memoryMb = 0, processes = 0, cpuSeconds = 0 } = sandbox.limits ?? {};
  const { limits } = await describeContainment();
  return [
    memoryMb > 0 && limits.memory === "none" ? ["memory_mb"] : [],
    processes > 0 && limits.processes === "none" ? ["processes"] : [],
    cpuSeconds > 0 && limits.cpu === "none" ? ["cpu_seconds"] : [],
  ].flat();
}
