import { inspect } from "node:util";
import { SignalboxError } from "@signalbox/contracts";
import { demand, LawBroken } from "../law-broken.ts";
import type { ScenarioName } from "./backend-subject.ts";
import { isBackendErrorCode } from "./outcome-shape.ts";
import type { Trial } from "./trial.ts";

/** Starts a session that cannot be, and returns why. Breaks the law where it starts after all, or fails without a code. */
export async function startFailure(
  trial: Trial,
  scenario: ScenarioName,
  changes: Parameters<Trial["start"]>[1] = {},
): Promise<SignalboxError> {
  const failure: unknown = await trial.start(scenario, changes).then(
    () => null,
    (error: unknown) => error,
  );
  if (failure instanceof LawBroken) throw failure;
  demand(failure !== null, "The session was started, and that should not be possible.");
  demand(SignalboxError.isInstance(failure), `That is no SignalboxError: ${inspect(failure)}`);
  demand(isBackendErrorCode(failure.code), `${failure.code} is no code of a backend.`);
  demand(failure.message.trim() !== "", `The error ${failure.code} has no message.`);
  return failure;
}
