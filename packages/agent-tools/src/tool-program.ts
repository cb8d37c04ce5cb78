import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const extension = extname(import.meta.url) === ".ts" ? ".mts" : ".mjs";

/** Absolute path of `signalbox-tool`: one file that imports nothing. A bundle has it beside itself. */
export const toolProgram: string = fileURLToPath(
  new URL(`./signalbox-tool${extension}`, import.meta.url),
);
