import { extname } from "node:path";

const extension = extname(import.meta.url);

/** The module that every run's own process starts with: beside this one, as source, compiled, or bundled. */
export const runnerEntry: URL = new URL(`./runner-entry${extension}`, import.meta.url);

/** A runner waits most of its time, and there are many: it goes without what makes long computations fast. */
const small = ["--max-semi-space-size=1", "--no-opt", "--no-maglev", "--no-sparkplug"];

/** For Node.js, before that module. From source, the packages are found as source. */
export const runnerArguments: readonly string[] =
  extension === ".ts" ? [...small, "--conditions=@signalbox/source"] : small;
