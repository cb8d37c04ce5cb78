export { ClaudeBackend } from "./claude-backend.ts";
export type { ClaudeOptions, PermissionPolicy } from "./claude-options.ts";
export { claudePlugin as default } from "./claude-plugin.ts";
