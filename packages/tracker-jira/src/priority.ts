/** Of Jira's own schemes, and by custom. */
const names: ReadonlyMap<string, number> = new Map([
  ["highest", 1],
  ["blocker", 1],
  ["critical", 1],
  ["urgent", 1],
  ["high", 2],
  ["major", 2],
  ["medium", 3],
  ["normal", 3],
  ["low", 4],
  ["minor", 4],
  ["lowest", 4],
  ["trivial", 4],
]);

/** Reads priorities, with names of one's own before the usual ones. */
export class Priorities {
  readonly #own: ReadonlyMap<string, number>;

  constructor(own: Readonly<Record<string, number>>) {
    this.#own = new Map(
      Object.entries(own).map(([name, priority]) => [name.trim().toLowerCase(), priority]),
    );
  }

  /** 1 to 4; `P0` is 1 as well, `P5` is 4. `null` where the name says nothing. */
  of(name: string | null): number | null {
    if (name === null) return null;
    const folded = name.trim().toLowerCase();
    const digit = /^p([0-5])\b/.exec(folded)?.[1];
    const found = this.#own.get(folded) ?? names.get(folded);
    if (found !== undefined) return found;
    return digit === undefined ? null : Math.min(Math.max(Number(digit), 1), 4);
  }
}
