export { CodexBackend } from "./codex-backend.ts";
export type { ApprovalPolicy, CodexOptions, Permissions } from "./codex-options.ts";
export { codexPlugin as default } from "./codex-plugin.ts";
