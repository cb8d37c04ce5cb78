export interface Violation {
  readonly rule: string;
  readonly evidence: string;
}

const maxOfOneRule = 20;

/** What the audit holds against the system; the first ones of each rule with their evidence. */
export class Violations {
  readonly #byRule = new Map<string, string[]>();
  readonly #only: readonly string[] | null;
  #count = 0;

  /** `only`: the rules that count; `null`: all. */
  constructor(only: readonly string[] | null) {
    this.#only = only;
  }

  add(rule: string, evidence: string): void {
    if (this.#only?.includes(rule) === false) return;
    const known = this.#byRule.get(rule) ?? [];
    if (known.includes(evidence)) return;
    this.#byRule.set(rule, known);
    this.#count += 1;
    if (known.length < maxOfOneRule) known.push(evidence);
  }

  get count(): number {
    return this.#count;
  }

  get rules(): readonly string[] {
    return [...this.#byRule.keys()];
  }

  list(): readonly Violation[] {
    return [...this.#byRule].flatMap(([rule, all]) => all.map((evidence) => ({ rule, evidence })));
  }
}
