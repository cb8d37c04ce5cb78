export { manyFaults, noFaults } from "./fault-plan.ts";
export type { FaultName, FaultPlan } from "./fault-plan.ts";
export { failureText } from "./failure-text.ts";
export { shrink } from "./shrink.ts";
export { simulate } from "./simulate.ts";
export type { AgentModel, SimulationOptions } from "./simulation-options.ts";
export type { SimulationReport } from "./simulation-report.ts";
export type { Rule, Violation } from "./violation.ts";
