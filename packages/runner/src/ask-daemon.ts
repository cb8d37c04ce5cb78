import type { Clock, RunObserver, TurnReply, TurnReport } from "@signalbox/contracts";
import { withPatience } from "./patience.ts";
import { within } from "./within.ts";

export interface QuestionOrder {
  readonly clock: Clock;
  /** Aborted where the run is interrupted: there is nothing to ask then. */
  readonly signal: AbortSignal;
  /** A daemon that does not answer for so long is gone. */
  readonly limitMs: number;
  /** An observer that failed to answer, other than by an interruption. */
  readonly onFailure: (error: unknown) => void;
}

/** Whether the run goes on. An observer that does not know, or is not there any more, ends it. Never rejects. */
export async function askDaemon(
  observer: RunObserver,
  report: TurnReport,
  { clock, signal, limitMs, onFailure }: QuestionOrder,
): Promise<TurnReply> {
  const absent: TurnReply = { kind: "end", reason: "daemon-absent" };
  try {
    const reply = await withPatience({ clock, signal, patienceMs: 0, who: "The daemon" }, () =>
      within(clock, limitMs, async () => observer.onTurnEnded(report)),
    );
    return reply === "too-late" ? absent : reply;
  } catch (error) {
    if (!signal.aborted) onFailure(error);
    return absent;
  }
}
