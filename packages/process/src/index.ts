export { AgentProgram } from "./agent/agent-program.ts";
export type { AgentProgramListener, AgentProgramOrder } from "./agent/agent-program.ts";
export { agentStartError, agentStartErrorCode } from "./agent/agent-start-error.ts";
export { AgentVoice } from "./agent/agent-voice.ts";
export type { Redact } from "./agent/clean-event.ts";
export { errorLine } from "./agent/error-line.ts";
export { leftNotices } from "./agent/left-notices.ts";
export { redactOutcome } from "./agent/redact-outcome.ts";
export { redactor } from "./agent/redactor.ts";
export { chooseContainment, describeContainment } from "./containment/describe-containment.ts";
export type {
  ChosenContainment,
  ContainmentMeans,
  ContainmentWish,
} from "./containment/describe-containment.ts";
export { describeKillMeans } from "./containment/kill-means.ts";
export { namedFiles } from "./containment/named-files.ts";
export { toolVariables } from "./spawn/tool-variables.ts";
export type { KillMeans } from "./containment/kill-means.ts";
export { agentEnvironment } from "./environment/agent-environment.ts";
export type { AgentEnvironmentOrder } from "./environment/agent-environment.ts";
export { gitEnvironment } from "./environment/git-environment.ts";
export type { ManagedProcess, ProcessExit } from "./managed-process.ts";
export { LineSplitter } from "./output/line-splitter.ts";
export type { Line } from "./output/line-splitter.ts";
export type { OutputConsumer } from "./output/output-reader.ts";
export { runCommand } from "./run-command.ts";
export type { CapturedOutput, CommandOrder, CommandResult } from "./run-command.ts";
export { findExecutable } from "./spawn/find-executable.ts";
export { locateProgram } from "./spawn/locate-program.ts";
export type { ProgramOrder } from "./spawn/locate-program.ts";
export type { ProcessOrder } from "./spawn/process-order.ts";
export { startProcess } from "./start-process.ts";
export type { StopReport } from "./termination/end-tree.ts";
export { killStrays } from "./termination/kill-strays.ts";
export { isAlive, processStartTime, signalProcess } from "./termination/process-table.ts";
