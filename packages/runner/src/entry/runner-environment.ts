import { variableName, type JsonValue, type WorkflowConfig } from "@signalbox/contracts";
import { agentEnvironment } from "@signalbox/process";

type Environment = Readonly<Record<string, string | undefined>>;

/** Read by Node.js itself, before any of our code runs. */
const nodeVariables = ["NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "NODE_COMPILE_CACHE"];

export function definedOnly(environment: Environment): Readonly<Record<string, string>> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) defined[name] = value;
  }
  return defined;
}

/** What a runner is started with: visible to every process of this user, so without anything secret. */
export function startEnvironment(environment: Environment): Readonly<Record<string, string>> {
  return agentEnvironment({ from: environment, allow: nodeVariables });
}

/** What the backend sees: all but what the configuration names for the tracker alone. */
export function backendEnvironment(
  environment: Readonly<Record<string, string>>,
  config: WorkflowConfig,
): Readonly<Record<string, string>> {
  const forBackends = new Set(namesIn(config.backends));
  const forTracker = new Set(
    [...namesIn(config.tracker.provider)].filter((name) => !forBackends.has(name)),
  );
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !forTracker.has(name)));
}

/** Names of variables, as `$NAME` or as they are. */
function* namesIn(value: JsonValue): Generator<string> {
  if (typeof value === "string") yield variableName(value) ?? value;
  else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) yield* namesIn(part);
  }
}
