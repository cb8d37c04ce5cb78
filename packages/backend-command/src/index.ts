export { CommandBackend } from "./command-backend.ts";
export type { CommandOptions, ExitMeaning } from "./command-options.ts";
export { commandPlugin as default } from "./command-plugin.ts";
