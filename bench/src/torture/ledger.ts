import { readFileSync } from "node:fs";
import type { Violations } from "./violations.ts";

/** One agent's life, as it told it. */
export interface AgentLife {
  readonly run: string;
  readonly issue: string;
  readonly pid: number;
  /** Milliseconds of the machine's clock; the end is the last sign of life. */
  startedAt: number;
  lastAt: number;
  /** Epoch milliseconds. */
  readonly startedWall: number;
  hasEnded: boolean;
}

interface Line {
  readonly what: string;
  readonly issue: string;
  readonly run: string;
  readonly pid: number;
  readonly at: number;
  readonly wall: number;
}

/** Lives of agents in the order of their beginning. */
export function readLedger(path: string): readonly AgentLife[] {
  const lives = new Map<string, AgentLife>();
  // What is being written at this moment stays out.
  for (const line of readFileSync(path, "utf8").split("\n").slice(0, -1)) {
    const { what, issue, run, pid, at, wall } = parse(line);
    const key = `${run} ${pid}`;
    const known = lives.get(key);
    if (known === undefined) {
      lives.set(key, {
        run,
        issue,
        pid,
        startedAt: at,
        lastAt: at,
        startedWall: wall,
        hasEnded: what === "ended",
      });
    } else {
      known.lastAt = Math.max(known.lastAt, at);
      known.hasEnded ||= what === "ended";
    }
  }
  return [...lives.values()].toSorted((one, other) => one.startedAt - other.startedAt);
}

/** No two agents of one issue told of a life at the same time, and no run had two agents. */
export function checkLedger(lives: readonly AgentLife[], violations: Violations): void {
  const last = new Map<string, AgentLife>();
  const agents = new Map<string, AgentLife>();
  for (const life of lives) {
    const before = last.get(life.issue);
    if (before !== undefined && before.lastAt > life.startedAt) {
      violations.add(
        "two live agents of one issue",
        `${life.issue}: ${before.run} (pid ${before.pid}) lived for ${Math.round(before.lastAt - life.startedAt)} ms on when ${life.run} (pid ${life.pid}) began`,
      );
    }
    if (before === undefined || before.lastAt < life.lastAt) last.set(life.issue, life);
    const same = agents.get(life.run);
    if (same !== undefined) {
      violations.add("two agents of one run", `${life.run}: pid ${same.pid} and ${life.pid}`);
    }
    agents.set(life.run, life);
  }
}

function parse(line: string): Line {
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null) throw new Error(`A torn ledger: ${line}`);
  const field = (name: string): unknown => Object.entries(value).find(([key]) => key === name)?.[1];
  return {
    what: String(field("what")),
    issue: String(field("issue")),
    run: String(field("run")),
    pid: Number(field("pid")),
    at: Number(field("at")),
    wall: Number(field("wall")),
  };
}
