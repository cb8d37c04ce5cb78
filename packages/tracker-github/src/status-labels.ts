import { isSafeEndpoint, kindOf, StatusFailure, trackerError } from "@signalbox/http-tracker";
import * as v from "valibot";
import { GithubClient } from "./github-client.ts";
import { defaultEndpoint } from "./github-options.ts";
import { readPages } from "./read-pages.ts";
import { readRepositoryName } from "./repository-name.ts";
import { pathOf } from "./repository-path.ts";

export interface StatusLabelOrder {
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
  /** States that need a label. */
  readonly states: readonly string[];
  /** Default `status:`. */
  readonly labelPrefix?: string;
  readonly endpoint?: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Distance of two writes in milliseconds. Default 1,000. */
  readonly writeIntervalMs?: number;
}

export interface StatusLabelReport {
  readonly created: readonly string[];
  /** They were there, whatever their case and colour: they are left as they are. */
  readonly existing: readonly string[];
}

const colors = { unstarted: "c5def5", started: "fbca04", completed: "0e8a16", canceled: "d4c5f9" };

/** Creates the status labels that a repository lacks; changes none. Rejects with the errors of the tracker port. */
export async function ensureStatusLabels(
  order: StatusLabelOrder,
  signal: AbortSignal,
): Promise<StatusLabelReport> {
  const repository = readRepositoryName(order.repository);
  if (repository === null) {
    throw trackerError("tracker_config", `${order.repository} is no repository`, {
      remedy: "Write it as `owner/name`.",
    });
  }
  const endpoint = order.endpoint ?? defaultEndpoint;
  if (!isSafeEndpoint(endpoint)) {
    throw trackerError("tracker_config", "the endpoint is no https URL", {
      remedy: "Give the root of GitHub's API: https, or http on this machine.",
    });
  }
  const client = new GithubClient({
    endpoint,
    token: order.token,
    timeoutMs: 30_000,
    writeIntervalMs: order.writeIntervalMs ?? 1_000,
    fetch: order.fetch ?? globalThis.fetch,
    now: Date.now,
  });
  const { template, parameters } = pathOf(repository);
  const route = `${template}/labels`;
  const { records } = await readPages(client, route, parameters, signal);
  const known = new Set(records.map(nameOf).map((name) => name.toLowerCase()));
  const created: string[] = [];
  const existing: string[] = [];
  for (const state of new Set(order.states)) {
    const name = `${order.labelPrefix ?? "status:"}${state}`;
    const isNew =
      !known.has(name.toLowerCase()) &&
      (await create(() =>
        client.write(
          "POST",
          route,
          { ...parameters, name, color: colors[kindOf(state) ?? "started"] },
          signal,
        ),
      ));
    (isNew ? created : existing).push(name);
  }
  client.close();
  return { created, existing };
}

/** `false`: somebody else was faster. */
async function create(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    const isThere = error instanceof StatusFailure && /already_exists/.test(error.message);
    if (isThere) return false;
    throw error;
  }
}

function nameOf(record: unknown): string {
  const label = v.safeParse(v.object({ name: v.string() }), record);
  return label.success ? label.output.name : "";
}
