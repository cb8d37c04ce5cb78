import { SignalboxError } from "@signalbox/contracts";
import { LawBroken } from "../law-broken.ts";

/** Waits for a call that may fail; only as adapters fail. */
export async function settled(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (SignalboxError.isInstance(error)) return;
    throw error instanceof LawBroken
      ? error
      : new LawBroken(`It failed with something else than a SignalboxError: ${String(error)}`);
  }
}
