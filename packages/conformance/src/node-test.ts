import { after, describe, it } from "node:test";
import { backendLaws } from "./backend/backend-laws.ts";
import type { BackendSubject } from "./backend/backend-subject.ts";
import { checkLaw } from "./check-law.ts";
import type { ConformanceTestOptions } from "./conformance-test-options.ts";
import type { Law, LawVerdict } from "./law.ts";
import { LawBroken } from "./law-broken.ts";
import { conformanceReport, writeReport } from "./report.ts";
import { trackerLaws } from "./tracker/tracker-laws.ts";
import type { TrackerTestBed } from "./tracker/tracker-test-bed.ts";

/** Makes one test of each law that a backend has to keep. A law that does not apply is a skipped test that says why. */
export function testBackend(subject: BackendSubject, options: ConformanceTestOptions = {}): void {
  testLaws(backendLaws, subject, options);
}

/** The same of each law that a tracker adapter has to keep. */
export function testTracker(bed: TrackerTestBed, options: ConformanceTestOptions = {}): void {
  testLaws(trackerLaws, bed, options);
}

function testLaws<Subject extends { readonly name: string }>(
  laws: readonly Law<Subject>[],
  subject: Subject,
  { report, timeoutMs = 120_000 }: ConformanceTestOptions,
): void {
  void describe(`conformance of ${subject.name}`, () => {
    const verdicts: LawVerdict[] = [];
    for (const law of laws) {
      void it(`${law.requirement} ${law.title}`, { timeout: timeoutMs }, async (test) => {
        const verdict = await checkLaw(law, subject);
        verdicts.push(verdict);
        if (verdict.verdict === "failed") throw new LawBroken(verdict.reason ?? law.title);
        if (verdict.verdict === "not-applicable") test.skip(verdict.reason ?? "It does not apply.");
      });
    }
    if (report !== undefined) {
      after(() => writeReport(report, conformanceReport(subject.name, verdicts)));
    }
  });
}
