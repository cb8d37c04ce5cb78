import type { ReplayVerdict } from "@signalbox/orchestrator";
import type { Surroundings } from "../surroundings.ts";
import type { Failure } from "../terminal/failure.ts";
import { plainText } from "../terminal/plain-text.ts";
import type { JournalVerdict } from "../verbs/journal.ts";

/** What a look at the whole journal found, for a person. */
export function verdictLines(
  { damage, replay, replayError, isIntact }: JournalVerdict,
  surroundings: Surroundings,
): readonly string[] {
  const { paint } = surroundings;
  return [
    ...damage.flatMap(({ message, remedy }) => problemLines(message, remedy, surroundings)),
    ...replayLines(replay, replayError, surroundings),
    isIntact
      ? paint("green", "The journal is intact: pages, checksums, numbers, snapshots, replay.")
      : paint("red", "The journal is not as it was written."),
  ];
}

/** Whether the snapshots say what the entries say, for a person. */
export function replayLines(
  replay: ReplayVerdict | null,
  error: Failure | null,
  surroundings: Surroundings,
): readonly string[] {
  if (replay === null) {
    return error === null ? [] : problemLines(error.message, error.remedy, surroundings);
  }
  const { from, version, hash, snapshots } = replay;
  const start = from === 0 ? "the first entry" : `the snapshot after entry ${from}`;
  return [
    `Folded from ${start} to entry ${version}: state ${hash}.`,
    ...snapshots.flatMap((snapshot) =>
      snapshot.hash === snapshot.foldedHash
        ? [
            `The snapshot after entry ${snapshot.seq} holds what the entries up to there say: state ${snapshot.hash}.`,
          ]
        : problemLines(
            `The snapshot after entry ${snapshot.seq} is state ${snapshot.hash}, and the entries up to there give ${snapshot.foldedHash ?? "none"}.`,
            "Keep a copy of the state folder, and report this as a defect.",
            surroundings,
          ),
    ),
  ];
}

function problemLines(
  message: string,
  remedy: string | null,
  { paint }: Surroundings,
): readonly string[] {
  return [
    `${paint("red", "✗")} ${plainText(message)}`,
    ...(remedy === null ? [] : [`  → ${plainText(remedy)}`]),
  ];
}
