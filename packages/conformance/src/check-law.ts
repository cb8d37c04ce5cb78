import type { Law, LawVerdict } from "./law.ts";
import { LawBroken } from "./law-broken.ts";
import { LawInapplicable } from "./law-inapplicable.ts";

/** Runs one law against one subject. Never rejects: a law that fails in any way is a verdict. */
export async function checkLaw<Subject>(law: Law<Subject>, subject: Subject): Promise<LawVerdict> {
  const { id, title, requirement } = law;
  const startedAt = performance.now();
  const found = (verdict: LawVerdict["verdict"], reason: string | null): LawVerdict => ({
    id,
    title,
    requirement,
    verdict,
    reason,
    durationMs: Math.round(performance.now() - startedAt),
  });
  const exemption = law.exempts(subject);
  if (exemption !== null) return found("not-applicable", exemption);
  try {
    await law.run(subject);
    return found("passed", null);
  } catch (error) {
    if (error instanceof LawInapplicable) return found("not-applicable", error.message);
    return found("failed", describe(error));
  }
}

function describe(error: unknown): string {
  if (error instanceof LawBroken) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
