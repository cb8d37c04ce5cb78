export { backendLaws } from "./backend/backend-laws.ts";
export type { BackendLaw } from "./backend/backend-law.ts";
export type {
  BackendScenarios,
  BackendSubject,
  OptionalScenario,
  Scenario,
  ScenarioName,
  ScenarioPlace,
} from "./backend/backend-subject.ts";
export { checkConformance } from "./check-conformance.ts";
export { checkLaw } from "./check-law.ts";
export type { ConformanceTestOptions } from "./conformance-test-options.ts";
export { LawBroken } from "./law-broken.ts";
export type { Law, LawVerdict } from "./law.ts";
export { conformanceReport, writeReport } from "./report.ts";
export type { ConformanceReport } from "./report.ts";
export { FaultyTransport } from "./tracker/faulty-transport.ts";
export type { TrackerLaw } from "./tracker/tracker-law.ts";
export { trackerLaws } from "./tracker/tracker-laws.ts";
export type {
  OptionalWorldAbility,
  SeedIssue,
  TrackerFixture,
  TrackerPlace,
  TrackerTestBed,
  TrackerWorld,
} from "./tracker/tracker-test-bed.ts";
export type {
  FaultAim,
  SentRequest,
  TransportFault,
  TransportReply,
} from "./tracker/transport-fault.ts";
