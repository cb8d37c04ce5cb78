import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { startFailure } from "../start-failure.ts";
import { Trial } from "../trial.ts";

export const startErrorIsTyped: BackendLaw = backendLaw({
  id: "start-error-is-typed",
  title:
    "an agent that cannot be started is an error with a code, and a remedy that says what to do",
  requirement: "R-517",
  plays: ["unstartable"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const error = await startFailure(trial, "unstartable");
    demand(error.remedy !== null && error.remedy !== "", `No remedy: ${error.message}`);
    demand(!error.retryable, "It says that trying again would help, and nobody has mended it.");
  },
});
