import { afterAll, describe, expect, it } from "vitest";
import { backendLaws } from "./backend/backend-laws.ts";
import type { BackendSubject } from "./backend/backend-subject.ts";
import { checkLaw } from "./check-law.ts";
import type { ConformanceTestOptions } from "./conformance-test-options.ts";
import type { Law, LawVerdict } from "./law.ts";
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
  { report, timeoutMs = 120_000, concurrent = false }: ConformanceTestOptions,
): void {
  describe(`conformance of ${subject.name}`, () => {
    const verdicts = new Map<string, LawVerdict>();
    for (const law of laws) {
      const isBeside = concurrent && law.isAlone !== true;
      const options = { timeout: timeoutMs, concurrent: isBeside };
      it(`${law.requirement} ${law.title}`, options, async ({ skip }) => {
        const verdict = await checkLaw(law, subject);
        verdicts.set(law.id, verdict);
        if (verdict.verdict === "not-applicable") skip(verdict.reason ?? "It does not apply.");
        expect(verdict).toMatchObject({ verdict: "passed", reason: null });
      });
    }
    if (report !== undefined) {
      const inOrder = (): LawVerdict[] => laws.flatMap(({ id }) => verdicts.get(id) ?? []);
      afterAll(() => writeReport(report, conformanceReport(subject.name, inOrder())));
    }
  });
}
