export { defaultLimits } from "./call-allowance.ts";
export type { CallLimits } from "./call-allowance.ts";
export { RunTools } from "./run-tools.ts";
export type { RunToolsOrder, ToolCallReport } from "./run-tools.ts";
export { toolProgram } from "./tool-program.ts";
export { ToolServer } from "./tool-server.ts";
export type { ToolServerOrder } from "./tool-server.ts";
