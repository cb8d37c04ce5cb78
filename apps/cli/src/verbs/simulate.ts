import {
  failureText,
  manyFaults,
  noFaults,
  simulate,
  type SimulationReport,
} from "@signalbox/simulator";
import { formatSpan } from "@signalbox/views";
import { loadWorkflowConfig } from "@signalbox/workflow";
import { findPlugin } from "../compose/load-plugins.ts";
import type { Surroundings } from "../surroundings.ts";
import { UsageError } from "../terminal/failure.ts";
import { snakeKeys } from "../terminal/snake-keys.ts";

export interface SimulateOptions {
  readonly file?: string | undefined;
  readonly seed: string;
  readonly issues: string;
  readonly hours: string;
  readonly turnMinutes: string;
  readonly turns: string;
  /** Per cent of the runs. */
  readonly failures: string;
  readonly backlog: boolean;
  readonly faults: boolean;
  readonly json: boolean;
}

const mostIssues = 100_000;
const mostHours = 10_000;

/** Forecasts what a workflow file comes to. `1` where the daemon broke one of its promises. */
export async function simulateWorkflow(
  options: SimulateOptions,
  surroundings: Surroundings,
): Promise<0 | 1> {
  const { cwd, environment, out } = surroundings;
  const asked = {
    seed: options.seed,
    issues: wholeNumber("--issues", options.issues, 1, mostIssues),
    hours: numberOf("--hours", options.hours, 0.01, mostHours),
    agents: {
      turnMinutes: numberOf("--turn-minutes", options.turnMinutes, 0.01, 10_000),
      turns: wholeNumber("--turns", options.turns, 1, 1_000),
      failures: numberOf("--failures", options.failures, 0, 100) / 100,
    },
  };
  const config = loadWorkflowConfig(options.file, { cwd, environment });
  const { defaults } = await findPlugin("tracker", config.tracker.kind, config);
  const report = await simulate({
    ...asked,
    config,
    trackerDefaults: defaults,
    arrival: options.backlog ? "backlog" : "spread",
    faults: options.faults ? manyFaults : noFaults,
  });
  if (options.json) out.line(JSON.stringify(snakeKeys(report)));
  else
    for (const line of linesOf(report, options, config.agent.maxConcurrentAgents)) out.line(line);
  return report.violations.length === 0 ? 0 : 1;
}

function linesOf(
  report: SimulationReport,
  options: SimulateOptions,
  slots: number,
): readonly string[] {
  const { waitingMs, finished, finishedPerHour, issues, hours } = report;
  const waited =
    waitingMs === null
      ? "no issue was started"
      : `half of them under ${formatSpan(waitingMs.p50)}, 95 % under ${formatSpan(waitingMs.p95)}, the longest ${formatSpan(waitingMs.max)}`;
  const rows: readonly (readonly [string, string])[] = [
    [
      "finished",
      `${finished} of ${issues} issues in ${hours} h: ${finishedPerHour.toFixed(1)} an hour`,
    ],
    ["at rest after", `${report.settledAfterHours.toFixed(1)} h`],
    ["waited to start", waited],
    ["slots in use", `${Math.round(report.slotUse * 100)} % of ${slots}`],
    ["runs", `${report.runs}${listed(report.outcomes)}`],
    ["parked", listed(report.parked).replace(/^: /, "") || "none"],
    ...(options.faults ? [["faults", listed(report.faults).replace(/^: /, "")] as const] : []),
  ];
  const lines = rows.map(([name, text]) => `${name.padEnd(17)}${text}`);
  if (report.violations.length > 0) lines.push("", failureText(report, commandOf(options)));
  return [...lines, "", ...assumptions(options)];
}

function assumptions({
  turnMinutes,
  turns,
  failures,
  seed,
  backlog,
  faults,
}: SimulateOptions): readonly string[] {
  return [
    `Assumed: turns of ${turnMinutes} min (median), 1 to ${turns} of them a run, ${failures} % of the runs fail;`,
    `${backlog ? "all issues are there at the beginning" : "issues come at random times"}; a tracker that answers at once, deliveries of a`,
    `few seconds; nobody changes or answers anything.`,
    faults
      ? `With --faults, all of that went wrong again and again: the figures are no forecast. Seed ${seed}.`
      : `A forecast, not a promise. Seed ${seed}.`,
  ];
}

function listed(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  return parts.length === 0 ? "" : `: ${parts.join(", ")}`;
}

function commandOf(options: SimulateOptions): string {
  const { file, seed, issues, hours, turnMinutes, turns, failures, backlog, faults } = options;
  const words = ["signalbox", "simulate", ...(file === undefined ? [] : [file])];
  words.push("--seed", seed, "--issues", issues, "--hours", hours, "--turn-minutes", turnMinutes);
  words.push("--turns", turns, "--failures", failures);
  if (backlog) words.push("--backlog");
  if (faults) words.push("--faults");
  return words.join(" ");
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = numberOf(option, text, least, most);
  if (!Number.isInteger(value))
    throw new UsageError(`${option} takes a whole number, not "${text}"`);
  return value;
}

function numberOf(option: string, text: string, least: number, most: number): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value >= least && value <= most))
    throw new UsageError(`${option} takes a number from ${least} to ${most}, not "${text}"`);
  return value;
}
