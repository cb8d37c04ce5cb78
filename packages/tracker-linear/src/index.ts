export { linearOptionsSchema } from "./linear-options.ts";
export type { LinearOptions } from "./linear-options.ts";
export { LinearTrackerAdapter } from "./linear-tracker-adapter.ts";
export type { LinearTrackerHost } from "./linear-tracker-adapter.ts";
export { LinearTrackerExtension } from "./linear-tracker-extension.ts";
export { default } from "./plugin.ts";
