import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { contractVersion } from "@signalbox/contracts";
import { kitVersion } from "./kit-version.ts";
import type { LawVerdict } from "./law.ts";

/** What a subject was found to keep. Plain JSON. */
export interface ConformanceReport {
  /** Of this form. */
  readonly format: 1;
  readonly subject: string;
  /** Of the contracts that the kit was built for. */
  readonly contractVersion: number;
  readonly kitVersion: string;
  /** Whether no law is broken. */
  readonly conforms: boolean;
  readonly laws: readonly LawVerdict[];
}

export function conformanceReport(subject: string, laws: readonly LawVerdict[]): ConformanceReport {
  const conforms = laws.length > 0 && laws.every(({ verdict }) => verdict !== "failed");
  return { format: 1, subject, contractVersion, kitVersion: kitVersion(), conforms, laws };
}

/** Writes a report as indented JSON, and the folders above it where they are missing. */
export async function writeReport(path: string, report: ConformanceReport): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(report, null, 2)}\n`);
}
