export { AcpBackend } from "./acp-backend.ts";
export type { AcpOptions, Permissions } from "./acp-options.ts";
export { acpPlugin as default } from "./acp-plugin.ts";
export type { AgentName } from "./agent-presets.ts";
