/** A subject does not keep a law. The message says what was expected, and what was seen instead. */
export class LawBroken extends Error {
  override readonly name = "LawBroken";
}

/** Throws `LawBroken` where the condition does not hold. */
export function demand(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new LawBroken(otherwise);
}
