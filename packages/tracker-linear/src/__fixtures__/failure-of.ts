import { SignalboxError } from "@signalbox/contracts";

/** The error that the work fails with; anything else that happens is thrown. */
export async function failureOf(work: Promise<unknown>): Promise<SignalboxError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof SignalboxError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}
