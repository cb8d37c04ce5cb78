export { agentFolder, AgentRepository } from "./agent-repository.ts";
export type { AgentRepositoryOrder } from "./agent-repository.ts";
export { assertSafeWorkspace } from "./safe-path.ts";
export type { WorkspaceLocation } from "./safe-path.ts";
export { WorkspaceHooks } from "./workspace-hooks.ts";
export type { HookContext, WorkspaceHooksOptions } from "./workspace-hooks.ts";
export { workspaceKey } from "./workspace-key.ts";
export { WorkspaceManager } from "./workspace-manager.ts";
export type { WorkspaceManagerOptions } from "./workspace-manager.ts";
