export { startModelServer, type ModelServer, type ModelServerOptions } from "./model-server.ts";
export type { RecordedRequest } from "./request-log.ts";
export type { Endpoint, VendorName } from "./route.ts";
export { scenario } from "./scenario/parse-scenario.ts";
export {
  agentsFolder,
  installedAgents,
  lookUpAgent,
  type InstalledAgent,
  type MissingAgent,
} from "./agents/look-up-agent.ts";
export type { RealAgentName } from "./agents/agent-catalogue.ts";
