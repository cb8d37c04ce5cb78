import type { Issue, TransitionOrder, TransitionResult } from "@signalbox/contracts";
import { isSameState, pause, StatusFailure } from "@signalbox/http-tracker";
import type { JiraClient } from "./jira-client.ts";
import type { IssueRecord } from "./issue-record.ts";
import type { JiraSite } from "./site.ts";
import { kindOf } from "./state-names.ts";
import type { States } from "./states.ts";
import { missingFields, readTransitions } from "./transitions.ts";
import type { Transition } from "./transitions.ts";

/** Jira's readers may be a moment behind its writers. */
const lagMs = 1_000;

export interface TransitionParts {
  readonly client: JiraClient;
  readonly site: JiraSite;
  readonly states: States;
  /** Set where a transition asks for a resolution. */
  readonly resolution: string | null;
  /** Names of the states that the project has. */
  readonly names: (signal: AbortSignal) => Promise<readonly string[]>;
  /** Reads the issue anew; rejects where it is gone. */
  readonly read: (signal: AbortSignal) => Promise<IssueRecord>;
  /** The issue as the port tells it. */
  readonly issue: (record: IssueRecord, signal: AbortSignal) => Promise<Issue>;
}

/** Compares, performs the transition that leads there, reads back. */
export async function transitionIssue(
  parts: TransitionParts,
  { from, to }: TransitionOrder,
  signal: AbortSignal,
): Promise<TransitionResult> {
  const { states } = parts;
  const before = await parts.read(signal);
  const was = states.of(before.status).name;
  if (isSameState(was, to)) {
    return { kind: "confirmed", issue: await parts.issue(before, signal) };
  }
  if (from !== null && !isSameState(was, from)) {
    return { kind: "conflict", issue: await parts.issue(before, signal) };
  }
  const refusal = await perform(parts, before, to, signal);
  if (refusal !== null) return { kind: "rejected", reason: refusal };
  let after = await parts.read(signal);
  if (!isSameState(states.of(after.status).name, to)) {
    await pause(lagMs, signal);
    after = await parts.read(signal);
  }
  const is = states.of(after.status).name;
  if (isSameState(is, to)) return { kind: "confirmed", issue: await parts.issue(after, signal) };
  if (!isSameState(is, was)) return { kind: "conflict", issue: await parts.issue(after, signal) };
  const reason = `Jira took the transition of ${before.key} to ${to} and left it in ${was}: look for a rule of its workflow that takes it back`;
  return { kind: "rejected", reason };
}

/** Why it cannot be, or Jira refused it as a matter of this issue; `null`: it was performed. */
async function perform(
  parts: TransitionParts,
  before: IssueRecord,
  to: string,
  signal: AbortSignal,
): Promise<string | null> {
  const { client, site, states, resolution } = parts;
  const path = `${site.api}/issue/${before.id}/transitions`;
  const offered = await readTransitions(client, path, signal);
  const fitting = offered.filter((one) => isSameState(states.of(one.to).name, to));
  if (fitting.length === 0) return noWay(parts, before, to, offered, signal);
  const given = resolution === null ? [] : ["resolution"];
  const chosen = best(
    fitting.filter((one) => missingFields(one, given).length === 0),
    to,
  );
  if (chosen === undefined) return asksForFields(before, to, fitting, given);
  const hasResolution = chosen.fields.some(({ id }) => id === "resolution");
  const body = {
    transition: { id: chosen.id },
    ...(hasResolution && resolution !== null
      ? { fields: { resolution: { name: resolution } } }
      : {}),
  };
  try {
    await client.write("POST", path, body, signal);
    return null;
  } catch (error) {
    // A rule of the workflow's.
    if (error instanceof StatusFailure && [400, 422].includes(error.status)) {
      return error.message;
    }
    throw error;
  }
}

/** Many statuses are of one category: rather the one of its name, and rather any that does not say it was in vain. */
function best(open: readonly Transition[], to: string): Transition | undefined {
  return (
    open.find((one) => isSameState(one.to.name, to)) ??
    open.find(({ to: { name, category } }) => kindOf(name, category) !== "canceled") ??
    open[0]
  );
}

async function noWay(
  { states, site, names }: TransitionParts,
  { key, status }: IssueRecord,
  to: string,
  offered: readonly Transition[],
  signal: AbortSignal,
): Promise<string> {
  const known = await names(signal);
  if (!known.some((name) => isSameState(name, to))) {
    return `${site.project.key} has no state ${to}; there are: ${known.join(", ")}. Correct \`tracker.states\`.`;
  }
  const ways = offered.map((one) => `${states.of(one.to).name} (by "${one.name}")`);
  const open =
    ways.length === 0
      ? "Its workflow offers this account no transition."
      : `From there it leads to ${ways.join(", ")}.`;
  return `no transition leads ${key} from ${status.name} to ${to}. ${open} Add one to the workflow, or let this account perform it.`;
}

function asksForFields(
  { key }: IssueRecord,
  to: string,
  fitting: readonly Transition[],
  given: readonly string[],
): string {
  const asks = fitting.map((one) => {
    const fields = missingFields(one, given).map(({ name, values }) =>
      values.length === 0 ? name : `${name} (one of ${values.join(", ")})`,
    );
    return `"${one.name}" asks for ${fields.join(", ")}`;
  });
  return `the transition of ${key} to ${to} needs what only a person can fill in: ${asks.join("; ")}. Give those fields defaults, or name \`resolution\` under \`tracker.provider\` where it is that.`;
}
