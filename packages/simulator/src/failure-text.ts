import type { SimulationReport } from "./simulation-report.ts";

const stepsShown = 25;

/** What to print when promises were broken: which, how to see it again, and the last steps before. */
export function failureText(report: SimulationReport, reproduction: string): string {
  const [first] = report.violations;
  if (first === undefined) return `seed ${report.seed}: every promise was kept`;
  return [
    `seed ${report.seed} breaks "${first.rule}" at step ${first.step}: ${first.detail}`,
    `again: ${reproduction}`,
    "the last steps:",
    ...first.trace.slice(-stepsShown).map((line) => `  ${line}`),
  ].join("\n");
}
