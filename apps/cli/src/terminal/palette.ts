import { styleText } from "node:util";

export type Tone = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
/** Gives a text its tone where colours are wanted, and leaves it as it is elsewhere. */
export type Paint = (tone: Tone, text: string) => string;

/** Colours on a terminal, unless `NO_COLOR` is set to anything or `TERM` is `dumb`. */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Paint {
  const noColor = (environment["NO_COLOR"] ?? "") !== "" || environment["TERM"] === "dumb";
  if (noColor || stream.isTTY !== true) return (_, text) => text;
  return (tone, text) => styleText(tone, text, { validateStream: false });
}
