import { checkLaw } from "./check-law.ts";
import type { Law, LawVerdict } from "./law.ts";
import { type ConformanceReport, conformanceReport } from "./report.ts";

/** Runs the laws one after the other, without a test runner. Never rejects for what the subject does. */
export async function checkConformance<Subject extends { readonly name: string }>(
  laws: readonly Law<Subject>[],
  subject: Subject,
): Promise<ConformanceReport> {
  const verdicts: LawVerdict[] = [];
  for (const law of laws) verdicts.push(await checkLaw(law, subject));
  return conformanceReport(subject.name, verdicts);
}
