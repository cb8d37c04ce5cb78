/** Things of issues, oldest first; one per key, and the first stays. */
export class KeyedStore<Thing> {
  readonly #things = new Map<string, Map<string, Thing>>();

  all(issueId: string): readonly Thing[] {
    return [...(this.#things.get(issueId)?.values() ?? [])];
  }

  add(issueId: string, key: string, thing: Thing): void {
    const things = this.#things.get(issueId) ?? new Map<string, Thing>();
    if (!things.has(key)) things.set(key, thing);
    this.#things.set(issueId, things);
  }
}
