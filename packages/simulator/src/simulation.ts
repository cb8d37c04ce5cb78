import { canDispatch, getAvailableSlots, type OrchestratorState } from "@signalbox/core";
import { Auditor } from "./auditor.ts";
import { Chaos } from "./chaos.ts";
import { ConfigWorld } from "./config-world.ts";
import { Daemons, type AlterPorts } from "./daemons.ts";
import { DeliveryWorld } from "./delivery-world.ts";
import { noFaults } from "./fault-plan.ts";
import { Faults } from "./faults.ts";
import { JournalDisk } from "./journal-disk.ts";
import { Metrics } from "./metrics.ts";
import { People } from "./people.ts";
import { Random } from "./random.ts";
import { RunWorld } from "./run-world.ts";
import { Scheduler } from "./scheduler.ts";
import { defaultAgents, defaultMostSteps, type SimulationOptions } from "./simulation-options.ts";
import { Trace } from "./trace.ts";
import { TrackerWorld } from "./tracker-world.ts";
import { unfinished, whyUnfinished } from "./unfinished.ts";
import type { World } from "./world.ts";
import { WorkspaceWorld } from "./workspace-world.ts";

const startAt = 1_700_000_000_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;
const answerLimitMs = 180_000;
const idleLimitMs = 300_000;
/** Longer than any wait that is not for a person: a quota's reset, a clock that had jumped by an hour. */
const patienceMs = 4 * hourMs;
const dayPatienceMs = 30 * hourMs;
const longestSettlingMs = 5_000 * hourMs;

/** One simulated world from its beginning to the end of all work. */
export class Simulation {
  readonly world: World;
  readonly metrics: Metrics = new Metrics();
  readonly startedAt: number = startAt;
  readonly #options: SimulationOptions;
  readonly #mostSteps: number;
  readonly #daemons: Daemons;
  readonly #people: People;
  readonly #chaos: Chaos;
  #isOver = false;
  #calmSince: number | null = null;
  #movedAt = 0;
  #moves = 0;
  #idleSince: number | null = null;

  constructor(options: SimulationOptions, alter?: AlterPorts) {
    this.#options = options;
    this.#mostSteps = options.mostSteps ?? defaultMostSteps;
    const random = new Random(String(options.seed));
    const trace = new Trace();
    const scheduler = new Scheduler(startAt, random.fork("order"), trace);
    this.world = createWorld((world) => new Auditor(world, this.metrics), {
      scheduler,
      trace,
      faults: new Faults(options.faults ?? noFaults, random.fork("faults")),
      agentRandom: random.fork("agents"),
      latencyRandom: random.fork("latency"),
      agents: { ...defaultAgents, ...options.agents },
      config: new ConfigWorld(options.config, options.trackerDefaults),
      tracker: new TrackerWorld(),
      workspaces: new WorkspaceWorld(),
      runs: new RunWorld(),
      deliveries: new DeliveryWorld(),
      disk: new JournalDisk(),
      memory: { freeMb: null },
    });
    this.#people = new People(this.world, random.fork("people"), this.metrics);
    const style = random.fork("tracker").chance(0.7) ? "changes" : "lists";
    this.#daemons = new Daemons(this.world, random.fork("daemons"), style, alter);
    this.#chaos = new Chaos(this.world, random.fork("chaos"), this.#daemons, this.#people);
  }

  async run(): Promise<void> {
    const { scheduler, auditor } = this.world;
    const { issues, hours, arrival } = this.#options;
    const lengthMs = Math.round(hours * hourMs);
    this.metrics.begin(startAt, startAt + lengthMs);
    this.#people.writeIssues(issues, arrival === "backlog" ? 0 : lengthMs);
    this.#daemons.start(0);
    this.#chaos.begin();
    scheduler.schedule(lengthMs, "calm", "", () => this.#calmDown());
    this.#watch();
    const end = await scheduler.run(() => this.#afterStep());
    if (end === "busy")
      auditor.report("unbounded", "time stands still: steps without end at one instant");
    if (end === "idle") auditor.report("liveness", "nothing is left that could ever happen");
    const daemon = this.#daemons.current;
    if (daemon !== null && auditor.violations.length === 0) this.#daemons.compareReplay(daemon);
  }

  #afterStep(): boolean {
    this.#chaos.afterStep();
    const { trace, disk, auditor } = this.world;
    if (trace.count + disk.entries.length >= this.#mostSteps) this.#reportCost();
    return this.#isOver || auditor.violations.length > 0;
  }

  #reportCost(): void {
    const { trace, disk, auditor } = this.world;
    const cost = `${trace.count} steps and ${disk.entries.length} journal entries`;
    auditor.report("unbounded", `after ${cost} the world is not over: ${this.#whyUnfinished()}`);
  }

  #whyUnfinished(): string {
    return whyUnfinished(
      unfinished(this.world),
      [...this.world.auditor.ledger.openOrders],
      this.#daemons.current?.orchestrator.state ?? null,
    );
  }

  #calmDown(): void {
    this.#chaos.end();
    this.#people.answer(true);
    this.#calmSince = this.world.scheduler.now;
    this.#movedAt = this.#calmSince;
  }

  /** Looks at everything once a virtual minute. */
  #watch(): void {
    const { scheduler, auditor, config } = this.world;
    scheduler.schedule(minuteMs, "look", "", () => {
      this.metrics.onSlots(
        scheduler.now,
        auditor.ledger.running,
        config.current.agent.maxConcurrentAgents,
      );
      this.#lookForLeaks();
      if (this.#calmSince === null) this.#people.answer(false);
      else this.#lookForEnd(this.#calmSince);
      this.#watch();
    });
  }

  #lookForLeaks(): void {
    const daemon = this.#daemons.current;
    if (daemon === null) return;
    const { auditor, runs } = this.world;
    const { claims, openOrders } = auditor.ledger;
    const { timers } = daemon.life;
    const most = 60 + 12 * (claims.size + openOrders.size + runs.live.length);
    if (timers > most)
      auditor.report("unbounded", `${timers} timers are set for ${claims.size} claims`);
  }

  #lookForEnd(calmSince: number): void {
    const { scheduler, auditor } = this.world;
    const { ledger } = auditor;
    this.#lookForWaiting();
    if (ledger.moves !== this.#moves) {
      this.#moves = ledger.moves;
      this.#movedAt = scheduler.now;
    }
    const left = unfinished(this.world);
    const isSettled = left.length === 0 && ledger.openOrders.size === 0;
    if (isSettled && scheduler.now - calmSince > minuteMs * 15) {
      this.#isOver = true;
      auditor.onEnd();
      const unheard = this.#people.unheard();
      if (unheard.length > 0)
        auditor.report("answer-lost", `${unheard.join(", ")} got an answer and waits for it`);
      return;
    }
    const { budgets } = this.#options.config;
    const isByDay = budgets.perDay.tokens !== null || budgets.perDay.usd !== null;
    const silentMs = scheduler.now - this.#movedAt;
    if (
      silentMs <= (isByDay ? dayPatienceMs : patienceMs) &&
      scheduler.now - calmSince < longestSettlingMs
    )
      return;
    auditor.report("liveness", this.#whyUnfinished());
  }

  /** Nothing goes wrong any more, so nobody has to wait for long. */
  #lookForWaiting(): void {
    const { scheduler, auditor, runs } = this.world;
    const daemon = this.#daemons.current;
    const now = scheduler.now;
    if (daemon === null || now - (this.#calmSince ?? now) < idleLimitMs) return;
    for (const { question, runId } of runs.live) {
      if (question !== null && now - question.since > answerLimitMs)
        auditor.report(
          "answer-lost",
          `${runId} has waited for ${now - question.since} ms to hear what is next`,
        );
    }
    const { state } = daemon.orchestrator;
    const isIdle = getAvailableSlots(state) > 0 && hasReadyWithRoom(state);
    this.#idleSince = isIdle ? (this.#idleSince ?? now) : null;
    if (this.#idleSince !== null && now - this.#idleSince > idleLimitMs)
      auditor.report("liveness", "an issue is ready, a slot is free, and nothing happens");
  }
}

function createWorld(audit: (world: World) => Auditor, parts: Omit<World, "auditor">): World {
  const world: World = {
    ...parts,
    get auditor(): Auditor {
      return auditor;
    },
  };
  const auditor = audit(world);
  return world;
}

/** Whether the first issue of some queue could be started as far as the caps go. */
function hasReadyWithRoom(state: OrchestratorState): boolean {
  for (const queue of state.index.ready.values()) {
    const first = queue.minKey();
    const issue = first === undefined ? undefined : state.issues.get(first.id);
    if (issue !== undefined && canDispatch(state, issue)) return true;
  }
  return false;
}
