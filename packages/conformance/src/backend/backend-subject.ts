import type { Backend } from "@signalbox/contracts";

/** A backend, and how to make its agent behave as the laws need it. What it declares decides which laws apply. */
export interface BackendSubject {
  /** Names it in test titles and reports. */
  readonly name: string;
  readonly scenarios: BackendScenarios;
  /**
   * Values that were given to the backend in confidence, an API key above all. They may reach the transcript, which
   * the host redacts, and nothing else.
   */
  readonly secrets?: readonly string[];
  /** How long any single step may take, in milliseconds. Default 60000. */
  readonly patienceMs?: number;
  /** The limit of silence that the laws set, in milliseconds: longer than the agent takes to say its first word. Default 1000. */
  readonly silenceTimeoutMs?: number;
}

/**
 * Makes the backend whose agent plays the scenario. Called for each session anew, so that nothing but the agent's own
 * files carries over to a session that is resumed.
 */
export type Scenario = (place: ScenarioPlace) => Backend | Promise<Backend>;

/** A scenario, or why the subject cannot play it. One that is left out is one that it does not play. */
export type OptionalScenario = Scenario | string;

/** Both folders exist, are empty when the first session of a law starts, and are removed after it. */
export interface ScenarioPlace {
  /** The agent's working folder. A scenario that needs a repository in it makes one. */
  readonly workspace: string;
  /** For whatever the scenario itself has to keep, outside the workspace. */
  readonly folder: string;
}

export interface BackendScenarios {
  /** In each turn: says something, writes the file `conformance.txt` into its working folder, succeeds. */
  readonly success: Scenario;
  /** Says something, then reports that it failed. Where an agent can: with the exit code 0. */
  readonly failure: Scenario;
  /** Says something, then nothing more, until it is stopped. */
  readonly hang: Scenario;
  /** Says something and dies in the middle of the turn, without a result. */
  readonly crash?: OptionalScenario;
  /** In each turn: says every prompt that it got in this conversation so far, word for word. */
  readonly echo?: OptionalScenario;
  /** As `echo`, and a session that is resumed remembers those before it. */
  readonly resume?: OptionalScenario;
  /** In each turn: reports the usage of this turn, which is the same in all of them and more than nothing; succeeds. */
  readonly usage?: OptionalScenario;
  /** Asks a person a question, without which it cannot go on. */
  readonly ask?: OptionalScenario;
  /** Runs into the quota of its account. */
  readonly quota?: OptionalScenario;
  /** Writes 32 MiB of text, in lines, as fast as it can, then succeeds. */
  readonly flood?: OptionalScenario;
  /** Writes invalid UTF-8, NUL bytes, half a message of its protocol, one line of 4 MiB, then succeeds. */
  readonly noise?: OptionalScenario;
  /** Starts, in a session of its own, a process that ignores SIGTERM and lives for a minute or more; then as `hang`. */
  readonly stray?: OptionalScenario;
  /** Says its whole environment and all `secrets`, as an answer and as an error, then fails. */
  readonly leak?: OptionalScenario;
  /** Cannot be started: the program is missing, or what else the backend stands on. */
  readonly unstartable?: OptionalScenario;
  /** Was started and never becomes ready. */
  readonly mute?: OptionalScenario;
}

export type ScenarioName = keyof BackendScenarios;
