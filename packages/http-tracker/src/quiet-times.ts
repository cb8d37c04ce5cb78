import type { SignalboxError, TrackerErrorCode } from "@signalbox/contracts";
import type { ApiErrors } from "./api-errors.ts";
import { longestWaitMs } from "./rate-limit.ts";
import type { RateLimit } from "./rate-limit.ts";

interface Quiet {
  /** Epoch milliseconds until which no such request is wanted. */
  readonly until: number;
  readonly why: string;
}

const everywhere = "";

/** Limits that were met, and that all requests wait for: they are refused here, and cost the server nothing. */
export class QuietTimes {
  readonly #errors: ApiErrors;
  readonly #now: () => number;
  readonly #quiet = new Map<string, Quiet>();

  /** `now` in epoch milliseconds. */
  constructor(errors: ApiErrors, now: () => number) {
    this.#errors = errors;
    this.#now = now;
  }

  /** Throws `tracker_rate_limited` while it is quiet everywhere, or at this place. */
  refuse(what: string, place: string = everywhere): void {
    for (const at of new Set([everywhere, place])) {
      const quiet = this.#quiet.get(at);
      const leftMs = (quiet?.until ?? 0) - this.#now();
      // A clock that was set back must not silence us for longer than any limit lasts.
      if (quiet === undefined || leftMs <= 0 || leftMs > longestWaitMs) this.#quiet.delete(at);
      else throw this.#errors.limited(what, leftMs, quiet.why);
    }
  }

  /** Never shortens what is kept already. */
  keep(forMs: number, why: string, place: string = everywhere): void {
    const until = this.#now() + forMs;
    if (forMs <= 0 || until <= (this.#quiet.get(place)?.until ?? 0)) return;
    this.#quiet.set(place, { until, why });
  }

  /** The error of a request that met a limit; whom else it concerns waits as well. `name` is the limit's, for people. */
  reached(
    { waitMs, isClamped, scope }: RateLimit,
    what: string,
    {
      name = "rate limit",
      place = everywhere,
    }: { readonly name?: string; readonly place?: string },
  ): SignalboxError<TrackerErrorCode> {
    const clamped = isClamped ? "; it names a later time, which is clamped to an hour" : "";
    const why = `its ${name} was reached${clamped}`;
    if (scope !== "request") this.keep(waitMs, why, scope === "place" ? place : everywhere);
    return this.#errors.limited(what, waitMs, why);
  }
}
