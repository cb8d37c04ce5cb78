import { agentEnvironment } from "@signalbox/process";
import type { ResolvedOptions } from "./acp-options.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** The complete environment of the agent. */
export function programEnvironment(
  options: ResolvedOptions,
  from: Variables,
  ofRun: Readonly<Record<string, string>>,
): Record<string, string> {
  const { preset, projectSettings } = options;
  return agentEnvironment({
    from,
    allow: [...(preset?.passEnv ?? []), ...options.passEnv],
    set: {
      ...preset?.env,
      ...(projectSettings ? preset?.settingsEnv.on : preset?.settingsEnv.off),
      ...options.env,
      ...ofRun,
    },
  });
}

/** The environment of the commands that the agent runs through us: what it logs in with is not theirs to read. */
export function terminalEnvironment(
  from: Variables,
  ofRun: Readonly<Record<string, string>>,
): Record<string, string> {
  return agentEnvironment({ from, set: ofRun });
}
