export { checkTemplate } from "./check-template.ts";
export { continuationPrompt } from "./continuation-prompt.ts";
export { defaultPrompt } from "./default-prompt.ts";
export { fence } from "./fence.ts";
export { PromptRenderer } from "./prompt-renderer.ts";
export { promptVariableNames, toPromptVariables } from "./prompt-variables.ts";
export type { PromptIssue, PromptVariables } from "./prompt-variables.ts";
