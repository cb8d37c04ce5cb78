/** Work that is under way, and a way to wait until none is. */
export class IdleLatch {
  readonly #busy = new Set<unknown>();
  #idle: PromiseWithResolvers<void> | null = null;

  /** `work` stands for itself: added twice, it is over when it is removed once. */
  add(work: unknown): void {
    this.#busy.add(work);
  }

  delete(work: unknown): void {
    this.#busy.delete(work);
    this.#settle();
  }

  clear(): void {
    this.#busy.clear();
    this.#settle();
  }

  async idle(): Promise<void> {
    if (this.#busy.size === 0) return;
    this.#idle ??= Promise.withResolvers<void>();
    await this.#idle.promise;
  }

  #settle(): void {
    if (this.#busy.size > 0) return;
    this.#idle?.resolve();
    this.#idle = null;
  }
}
