import type { TortureReport } from "./torture.ts";

/** The report, a line at a time; `0 violations` is the last word of a good run. */
export function reportLines(report: TortureReport): readonly string[] {
  const { options, observer, author, journal, litter, violations } = report;
  const kills = [...report.kills.values()].reduce((sum, count) => sum + count, 0);
  const { daemon, runner } = observer.largestMiB;
  const outcomes = [...journal.outcomes].map(([kind, count]) => `${count} ${kind}`);
  return [
    `${kills} kills in ${seconds(report.tormentedMs)} (${report.deaths} processes), ${report.pauses} stops and continues, ${report.daemons} daemons, ${report.refusals} refused`,
    ...[...report.kills]
      .toSorted(([one], [other]) => one.localeCompare(other))
      .map(([victim, count]) => `  ${count} × ${victim}`),
    `${report.issues} issues, ${report.delivered} delivered; ${report.agents} agents, ${journal.runs} runs: ${outcomes.join(", ")}`,
    `${journal.adopted} runs adopted, ${journal.resumed} after a loss; ${journal.entries} journal entries in ${journal.epochs} lives`,
    `${author.edits} edits by a person (${journal.reopened.size} of finished issues), the longest ${seconds(author.longestEditMs)}; ${author.rewritten} features written again, ${author.failedEdits.length} edits tried again`,
    `longest standstill ${seconds(observer.longestStandstillMs)}; everything finished ${seconds(report.drainMs)} after the last fault`,
    `${observer.samples} looks at the process table, ${seconds(observer.longestSampleGapMs)} between two at most`,
    `largest daemon ${Math.round(daemon)} MiB, runner ${Math.round(runner)} MiB; ${Math.round(litter.stateMiB)} MiB on disk, ${litter.sockets} sockets left`,
    ...problemLines(report.problems),
    ...violations.list().map(({ rule, evidence }) => `VIOLATION ${rule}: ${evidence}`),
    `again with --seed ${options.seed}${options.keep ? `; look at ${report.folder}` : ""}`,
    `${violations.count} violations`,
  ];
}

function problemLines(problems: ReadonlyMap<string, number>): readonly string[] {
  if (problems.size === 0) return [];
  const all = [...problems].map(([code, count]) => `${count} ${code}`);
  return [`problems that daemons told: ${all.join(", ")}`];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
