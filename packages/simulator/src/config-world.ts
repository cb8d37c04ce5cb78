import {
  SignalboxError,
  type ConfigSource,
  type TrackerDefaults,
  type WorkflowConfig,
} from "@signalbox/contracts";
import { normalizeState } from "@signalbox/core";
import type { DaemonLife } from "./daemon-life.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** The workflow file as people save it. */
export class ConfigWorld {
  readonly original: WorkflowConfig;
  readonly defaults: TrackerDefaults;
  readonly listeners: Set<() => void> = new Set();
  /** The file as it is; `error` where it is broken. */
  current: WorkflowConfig;
  error: SignalboxError | null = null;
  /** The most runs at once that any version of it ever allowed. */
  mostAgents: number;
  #saves = 0;

  constructor(config: WorkflowConfig, defaults: TrackerDefaults) {
    this.original = config;
    this.current = config;
    this.defaults = defaults;
    this.mostAgents = config.agent.maxConcurrentAgents;
  }

  get activeStates(): readonly string[] {
    return this.original.tracker.activeStates ?? this.defaults.activeStates;
  }

  /** Where people write new issues: an active state that is not the one that says "an agent works on it". */
  get initialState(): string {
    const running = normalizeState(this.#states.running ?? "");
    const states = this.activeStates;
    return states.find((state) => normalizeState(state) !== running) ?? states[0] ?? "todo";
  }

  get terminalState(): string {
    const states = this.original.tracker.terminalStates ?? this.defaults.terminalStates;
    return this.#states.succeeded ?? states[0] ?? "done";
  }

  /** `undefined`: the agent or a person says that work is finished. */
  get succeededState(): string | undefined {
    return this.#states.succeeded;
  }

  get #states(): TrackerDefaults["states"] {
    return this.original.tracker.states ?? this.defaults.states;
  }

  /** Somebody saves the file with other limits, or broken. */
  save(random: Random): string {
    this.#saves += 1;
    const hash = `save-${this.#saves}`;
    const source = { ...this.original.source, hash };
    if (random.chance(0.3)) {
      this.error = new SignalboxError("workflow_invalid", `${hash} is not valid`);
      return this.#told("workflow file broken");
    }
    const { agent, tracker } = this.original;
    const maxConcurrentAgents = random.between(0, agent.maxConcurrentAgents + 2);
    const isCapped = random.chance(0.3);
    const isChoosy = random.chance(0.2);
    this.current = {
      ...this.original,
      source,
      tracker: isChoosy ? { ...tracker, requiredLabels: ["urgent"] } : tracker,
      agent: {
        ...agent,
        maxConcurrentAgents,
        maxConcurrentAgentsByState: isCapped
          ? { [normalizeState(this.initialState)]: random.between(0, 2) }
          : agent.maxConcurrentAgentsByState,
        maxTurns: random.between(1, agent.maxTurns + 1),
        maxFailures: random.between(0, agent.maxFailures),
      },
    };
    this.error = null;
    this.mostAgents = Math.max(this.mostAgents, maxConcurrentAgents);
    return this.#told("workflow file changed");
  }

  restore(): void {
    this.#saves += 1;
    const source = { ...this.original.source, hash: `save-${this.#saves}` };
    this.current = { ...this.original, source };
    this.error = null;
    this.#told("workflow file restored");
  }

  #told(what: string): string {
    for (const listener of this.listeners) listener();
    return what;
  }
}

/** The `ConfigSource` port of one daemon. It sees a change when it looks, or within a second; some watch events are lost. */
export function createSimulatedConfig(life: DaemonLife, world: World): ConfigSource {
  const { config, scheduler, faults } = world;
  let seen = { current: config.current, error: config.error };
  const look = (): void => {
    seen = { current: config.current, error: config.error };
  };
  return {
    current: () => seen.current,
    error: () => seen.error,
    refresh: () =>
      life.call("look at file", life.name, [0, 5], ({ resolve }) => {
        look();
        resolve(undefined);
      }),
    watch: (listener) => {
      const onSaved = (): void => {
        if (life.status === "dead") config.listeners.delete(onSaved);
        if (life.status === "dead" || faults.random.chance(0.2)) return;
        scheduler.schedule(faults.random.between(1, 1_000), "file watched", life.name, () =>
          life.enter(() => {
            look();
            listener();
          }),
        );
      };
      config.listeners.add(onSaved);
      return { [Symbol.dispose]: () => void config.listeners.delete(onSaved) };
    },
  };
}
