import type { Command } from "commander";
import { descriptions, endings, type VerbName } from "./manual.ts";

/** A verb with its manual page; options and action are still to be added. */
export function addVerb(program: Command, name: VerbName, summary: string): Command {
  return program
    .command(name)
    .summary(summary)
    .description(descriptions[name])
    .addHelpText("after", endings[name]);
}
