import { demand } from "../law-broken.ts";
import { within } from "../within.ts";
import type { TriedWrite } from "./writes.ts";

/** A write under way that can be aborted: it ends with the abort's reason, or it was made before. */
export class AbortedWrite {
  readonly #write: TriedWrite;
  readonly #id: string;
  readonly #controller = new AbortController();
  readonly #reason: Error;
  readonly #outcome: Promise<unknown>;

  constructor(write: TriedWrite, id: string) {
    this.#write = write;
    this.#id = id;
    this.#reason = new Error(`conformance: no ${write.name} any more`);
    this.#outcome = write.make(id, this.#controller.signal).then(
      () => null,
      (error: unknown) => error,
    );
  }

  /** Resolves when it has ended by itself, or after so long. */
  async settle(milliseconds: number): Promise<void> {
    const late = new Promise((resolve) => setTimeout(resolve, milliseconds));
    await Promise.race([this.#outcome, late]);
  }

  /** Resolves to how it ended. */
  async abort(patienceMs: number): Promise<"aborted" | "made"> {
    const { name } = this.#write;
    this.#controller.abort(this.#reason);
    const outcome = await within(patienceMs, `${name}, aborted,`, this.#outcome);
    demand(
      outcome === null || outcome === this.#reason,
      `${name}, aborted, ended with ${String(outcome)}, not with the reason.`,
    );
    return outcome === null ? "made" : "aborted";
  }

  async demandNotMade(): Promise<void> {
    const times = await this.#write.timesMade(this.#id);
    demand(times === 0, `${this.#write.name} was aborted before its turn, and made all the same.`);
  }
}
