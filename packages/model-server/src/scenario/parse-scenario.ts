/** One word of a scenario with its parameters: `write-file:notes.txt`. */
export interface Piece {
  readonly name: string;
  readonly parameters: readonly string[];
}

/** What holds for a number of requests: a script, with modifiers before it. */
export interface Phase {
  /** `Infinity` for the last one. */
  readonly times: number;
  readonly pieces: readonly Piece[];
}

/**
 * Parses `2*overloaded,slow:20+write-file:notes.txt`: phases are parted by `,`, a phase that holds for more than one
 * request has its number before it, modifiers stand before their script and a `+`, parameters after `:`.
 * Parameters are percent-encoded.
 */
export function parseScenario(text: string): readonly Phase[] {
  const phases = text.split(",");
  return phases.map((phase, index) => {
    const counted = /^(\d+)\*(.*)$/.exec(phase);
    const isLast = index === phases.length - 1;
    return {
      times: isLast ? Number.POSITIVE_INFINITY : Number(counted?.[1] ?? 1),
      pieces: (counted?.[2] ?? phase).split("+").map(parsePiece),
    };
  });
}

function parsePiece(text: string): Piece {
  const [name = "", ...parameters] = text.split(":");
  return { name, parameters: parameters.map(decodeParameter) };
}

function decodeParameter(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new RangeError(`the parameter "${text}" is not percent-encoded`, { cause: error });
  }
}

/** One word of a scenario. Encodes the parameters, so that they may hold any text. */
export function scenario(name: string, ...parameters: readonly (string | number)[]): string {
  return [name, ...parameters.map((parameter) => encodeURIComponent(parameter))].join(":");
}
