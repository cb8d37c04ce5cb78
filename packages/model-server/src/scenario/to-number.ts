/** A parameter that counts something. Throws a `RangeError` where it is no number of 0 or more. */
export function toNumber(parameter: string | undefined, otherwise: number): number {
  if (parameter === undefined || parameter === "") return otherwise;
  const value = Number(parameter);
  if (value >= 0 && Number.isFinite(value)) return value;
  throw new RangeError(`a scenario wants a number of 0 or more, not "${parameter}"`);
}
