import type { DecidedEvent, Fact } from "../decided-event.ts";
import type { SideEffect } from "../effect.ts";
import { effectsOf } from "../effects-of.ts";
import { Draft } from "../evolve/draft.ts";
import { fold } from "../evolve/fold.ts";
import type { OrchestratorState } from "../state.ts";

/** One input being decided: every fact is folded at once, so that the next one is decided on what is true by then. */
export class Decision {
  readonly at: number;
  readonly draft: Draft;
  readonly decided: DecidedEvent[] = [];
  readonly effects: SideEffect[] = [];

  constructor(state: OrchestratorState, at: number) {
    this.at = at;
    this.draft = new Draft(state);
  }

  emit(fact: Fact): void {
    // The fact was made for this call: no copy of it is needed.
    const decided: DecidedEvent = Object.assign(fact, { at: this.at });
    fold(this.draft, decided);
    this.decided.push(decided);
    for (const effect of effectsOf(decided, this.draft)) this.effects.push(effect);
  }
}
