import type { Law } from "../law.ts";
import type { BackendSubject, Scenario, ScenarioName } from "./backend-subject.ts";

export interface BackendLaw extends Law<BackendSubject> {
  /** The scenarios that it plays: it does not apply to a subject that lacks one of them. */
  readonly plays: readonly ScenarioName[];
}

export interface BackendLawOrder {
  readonly id: string;
  readonly title: string;
  readonly requirement: string;
  readonly isAlone?: true;
  readonly plays: readonly ScenarioName[];
  /** Further reasons for which it does not apply. */
  readonly exempts?: (subject: BackendSubject) => string | null;
  readonly run: (subject: BackendSubject) => Promise<void>;
}

export function backendLaw(order: BackendLawOrder): BackendLaw {
  const { id, title, requirement, plays, run } = order;
  return {
    plays,
    id,
    title,
    requirement,
    ...(order.isAlone === true ? { isAlone: true } : {}),
    exempts: (subject) =>
      plays.map((name) => missing(subject, name)).find((reason) => reason !== null) ??
      order.exempts?.(subject) ??
      null,
    run,
  };
}

/** Throws a `TypeError` where the subject does not play it: a law names the scenarios that it needs. */
export function scenarioOf(subject: BackendSubject, name: ScenarioName): Scenario {
  const scenario = subject.scenarios[name];
  if (typeof scenario === "function") return scenario;
  throw new TypeError(`${subject.name} does not play the scenario ${name}`);
}

/** Those of the scenarios that the subject plays. */
export function playedBy(
  subject: BackendSubject,
  names: readonly ScenarioName[],
): readonly ScenarioName[] {
  return names.filter((name) => missing(subject, name) === null);
}

function missing(subject: BackendSubject, name: ScenarioName): string | null {
  const scenario: unknown = subject.scenarios[name];
  if (typeof scenario === "function") return null;
  return typeof scenario === "string" ? scenario : `${subject.name} plays no scenario ${name}.`;
}
