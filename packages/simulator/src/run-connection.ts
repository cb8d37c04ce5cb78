import type { RunObserver } from "@signalbox/contracts";
import type { DaemonLife } from "./daemon-life.ts";
import type { SimulatedRun } from "./simulated-run.ts";
import type { World } from "./world.ts";

/** What one daemon hears of a run: its spool in order, one event at a time, and the question between two turns. */
export class RunConnection {
  readonly life: DaemonLife;
  readonly #world: World;
  readonly #run: SimulatedRun;
  readonly #observer: RunObserver;
  #next: number;
  #isBusy = false;
  #isOpen = true;
  #asked = 0;

  constructor(
    world: World,
    run: SimulatedRun,
    life: DaemonLife,
    observer: RunObserver,
    afterSpoolSeq: number,
  ) {
    this.#world = world;
    this.#run = run;
    this.life = life;
    this.#observer = observer;
    this.#next = afterSpoolSeq;
  }

  /** Whether there is a daemon at the other end, even one that does not move. */
  get isUp(): boolean {
    return this.#isOpen && this.life.status !== "dead";
  }

  close(): void {
    this.#isOpen = false;
  }

  /** Sends what has not been sent, and asks what has not been asked. */
  pump(): void {
    if (this.#isBusy || !this.isUp) return;
    const event = this.#run.spool[this.#next];
    if (event !== undefined) {
      this.#next += 1;
      this.#send(event.type, () => this.#observer.onEvent(event));
      return;
    }
    const { question } = this.#run;
    if (question === null || question.report.turn === this.#asked) return;
    const { report } = question;
    this.#asked = report.turn;
    this.#step("turn asked", () => void this.#ask(report));
  }

  /** The host sees within seconds that the runner is gone, ends what it left, and says so. */
  onRunnerDied(): void {
    const delayMs = this.#world.faults.random.between(200, 5_000);
    this.#world.scheduler.schedule(delayMs, "runner missed", this.#run.runId, () =>
      this.life.enter(() => {
        if (this.#isOpen && this.#run.outcome === null) this.#run.declareLost();
      }),
    );
  }

  async #ask(report: Parameters<RunObserver["onTurnEnded"]>[0]): Promise<void> {
    const reply = await this.#observer.onTurnEnded(report);
    this.#world.scheduler.schedule(2, "turn answered", this.#run.runId, () => {
      if (this.#isOpen) this.#run.answer(report.turn, reply);
    });
  }

  #send(kind: string, work: () => void | Promise<void>): void {
    this.#isBusy = true;
    this.#step(kind, () => {
      const handled = work();
      const goOn = (): void => {
        this.#isBusy = false;
        this.pump();
      };
      if (handled === undefined) goOn();
      else void handled.then(goOn);
    });
  }

  #step(kind: string, work: () => void): void {
    const { scheduler, latencyRandom } = this.#world;
    const latencyMs = latencyRandom.chance(0.9) ? 0 : latencyRandom.between(1, 20);
    scheduler.schedule(latencyMs, kind, this.#run.runId, () =>
      this.life.enter(() => {
        if (this.#isOpen) work();
      }),
    );
  }
}
