export { checkPluginOptions } from "./check-plugin-options.ts";
export type { OptionProblem, OptionsCheck } from "./check-plugin-options.ts";
export { createFromPlugin } from "./create-from-plugin.ts";
export type { PortOf } from "./create-from-plugin.ts";
export { loadPlugin } from "./load-plugin.ts";
export type { PluginOrder } from "./load-plugin.ts";
