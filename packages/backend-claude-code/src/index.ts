export { ClaudeCodeBackend } from "./claude-code-backend.ts";
export type { ClaudeCodeOptions, Permissions, SettingSource } from "./claude-code-options.ts";
export { claudeCodePlugin as default } from "./claude-code-plugin.ts";
