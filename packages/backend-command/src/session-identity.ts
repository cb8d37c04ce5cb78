import type { AgentEvent } from "@signalbox/contracts";

/** The id by which a session resumes, and the model it talks to: ours to give, and the program's to replace. */
export class SessionIdentity {
  #id: string;
  #model: string | null = null;
  #announced: string | null = null;
  readonly #emit: (event: AgentEvent) => void;

  constructor(id: string, emit: (event: AgentEvent) => void) {
    this.#id = id;
    this.#emit = emit;
  }

  get id(): string {
    return this.#id;
  }

  /** Says who the session is, where nobody was told yet. */
  announce(): void {
    const identity = JSON.stringify([this.#id, this.#model]);
    if (identity === this.#announced) return;
    this.#announced = identity;
    this.#emit({ type: "session-started", sessionId: this.#id, model: this.#model });
  }

  /** Takes what the program says of itself; `null` changes nothing. */
  learn({ id, model }: { readonly id: string | null; readonly model: string | null }): void {
    this.#id = id ?? this.#id;
    this.#model = model ?? this.#model;
    this.announce();
  }
}
