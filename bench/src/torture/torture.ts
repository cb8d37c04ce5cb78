import { setTimeout as sleep } from "node:timers/promises";
import { Author } from "./author.ts";
import { auditGit } from "./git-audit.ts";
import { auditJournal, type JournalFigures } from "./journal-audit.ts";
import { Keeper } from "./keeper.ts";
import { checkLedger, readLedger } from "./ledger.ts";
import { auditLitter, sweep, type LitterFigures } from "./litter-audit.ts";
import { Observer } from "./observer.ts";
import { setScene } from "./scene.ts";
import { plants } from "./planted/plants.ts";
import { Seeded } from "./seeded.ts";
import { everyTorment, Tormentor } from "./tormentor.ts";
import type { TortureOptions } from "./torture-options.ts";
import { Victims } from "./victims.ts";
import { Violations } from "./violations.ts";

export interface TortureReport {
  readonly options: TortureOptions;
  readonly folder: string;
  readonly violations: Violations;
  readonly kills: ReadonlyMap<string, number>;
  readonly deaths: number;
  readonly pauses: number;
  readonly refusals: number;
  readonly daemons: number;
  readonly issues: number;
  readonly delivered: number;
  readonly agents: number;
  readonly journal: JournalFigures;
  readonly litter: LitterFigures;
  readonly tormentedMs: number;
  readonly drainMs: number;
  readonly observer: Observer;
  readonly author: Author;
  readonly problems: ReadonlyMap<string, number>;
}

const drainLimitMs = 300_000;
/** With a planted bug: what agents tell is read at once. */
const lookEveryMs = 1_000;
/** To the end of the last daemon, when there is nothing left to do. */
const goodbyeLimitMs = 60_000;
const finished = new Set(["done"]);

/** Torments daemons for a while, lets them finish in peace, and audits what they have done. */
export async function torture(options: TortureOptions): Promise<TortureReport> {
  const scene = setScene(options);
  const plant = options.plant === null ? null : plants[options.plant];
  const violations = new Violations(plant?.breaks ?? null);
  const random = new Seeded(options.seed);
  const observer = new Observer(scene, violations);
  const keeper = new Keeper(scene);
  const author = new Author(scene, new Seeded(options.seed + 1), observer, violations);
  observer.hasWork = () => [...author.read().values()].some((state) => !finished.has(state));
  const victims = new Victims(scene, observer, random);
  const plan = { ...everyTorment, ...plant?.torment };
  const isFound = (): boolean => plant !== null && violations.count > 0;
  const tormentor = new Tormentor(scene, keeper, victims, random, violations, plan, isFound);
  const startedAt = performance.now();
  const sweepAtExit = (): void => sweep(scene, observer, options.keep);
  process.once("exit", sweepAtExit);
  const looking = setInterval(() => {
    if (plant !== null) checkLedger(readLedger(scene.ledger), violations);
  }, lookEveryMs);
  try {
    await tormentor.torment(performance.now() + options.minutes * 60_000);
    clearInterval(looking);
    const tormentedMs = performance.now() - startedAt;
    const lastEdit = author.stop();
    let drainMs = 0;
    if (plant === null) {
      await lastEdit;
      drainMs = await drain(keeper, author, violations);
    } else {
      // The end may never come.
      await keeper.killAll();
    }
    observer.hasWork = () => false;
    await sleep(500);
    const lives = readLedger(scene.ledger);
    if (!observer.hasSeenAgents) violations.add("the audit is blind", "it has seen no agent");
    if (lives.length === 0) violations.add("the audit is blind", "no agent has told of its life");
    checkLedger(lives, violations);
    const journal = await auditJournal(scene, keeper, lives, author.held, violations);
    const delivered = auditGit(
      scene,
      options.delivery,
      author.issues,
      journal.reopened,
      violations,
    );
    const litter = auditLitter(scene, observer, violations);
    return {
      options,
      folder: scene.folder,
      violations,
      kills: tormentor.kills,
      deaths: tormentor.deaths,
      pauses: tormentor.pauses,
      refusals: tormentor.refusals,
      daemons: keeper.starts,
      issues: author.issues.length,
      delivered,
      agents: lives.length,
      journal,
      litter,
      tormentedMs,
      drainMs,
      observer,
      author,
      problems: keeper.problems,
    };
  } finally {
    clearInterval(looking);
    const lastEdit = author.stop();
    if (plant === null) await lastEdit;
    observer.stop();
    process.off("exit", sweepAtExit);
    sweepAtExit();
  }
}

/** Without any fault, all that was written gets done; then the daemon ends. */
async function drain(keeper: Keeper, author: Author, violations: Violations): Promise<number> {
  const startedAt = performance.now();
  const remaining = (): string[] =>
    [...author.read()].filter(([, state]) => !finished.has(state)).map(([issue]) => issue);
  while (remaining().length > 0) {
    if (performance.now() - startedAt > drainLimitMs) {
      const states = author.read();
      for (const issue of remaining()) violations.add("stuck", `${issue} is ${states.get(issue)}`);
      break;
    }
    if (keeper.living.length === 0) keeper.start();
    await sleep(100);
  }
  const drainMs = performance.now() - startedAt;
  // Once more from the start, with nothing to do but to clean up.
  for (const { child } of keeper.living) child.kill("SIGINT");
  await withinGoodbye(Promise.all(keeper.living.map(({ exited }) => exited)), violations);
  const last = keeper.start("--once");
  await withinGoodbye(last.exited, violations);
  return drainMs;
}

async function withinGoodbye(ending: Promise<unknown>, violations: Violations): Promise<void> {
  const late = sleep(goodbyeLimitMs, "late" as const);
  if ((await Promise.race([ending, late])) === "late") {
    violations.add("a daemon does not end", `within ${goodbyeLimitMs / 1_000} s of the last work`);
  }
}
