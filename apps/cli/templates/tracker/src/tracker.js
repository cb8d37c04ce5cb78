// @ts-check
import { SignalboxError } from "@signalbox/contracts";
import { unreadable } from "./client.js";
import { toIssue } from "./to-issue.js";

/** @import { Issue, Logger, Tracker, TransitionOrder, TransitionResult } from "@signalbox/contracts" */

const idsPerRequest = 50;

/**
 * Reads `GET /issues?states=…`, `GET /issues?ids=…` (pages of `{ issues, next, hasMore }`) and `GET /issues/<id>`, and
 * writes `PUT /issues/<id>/state`. Change that to what your service has.
 *
 * @implements {Tracker}
 */
export class ServiceTracker {
  #client;
  #logger;

  /**
   * @param {import("./client.js").Client} client
   * @param {Logger} logger
   */
  constructor(client, logger) {
    this.#client = client;
    this.#logger = logger;
  }

  /**
   * @param {readonly string[]} states
   * @param {AbortSignal} signal
   * @returns {Promise<readonly Issue[]>}
   */
  async fetchIssuesByStates(states, signal) {
    signal.throwIfAborted();
    if (states.length === 0) return [];
    const records = await this.#pages({ states: states.map(fold).join(",") }, signal);
    return records.flatMap((record) => {
      const issue = toIssue(record);
      if (issue === null) this.#logger.log("warn", "a record of the service is no issue");
      return issue ?? [];
    });
  }

  /**
   * @param {readonly string[]} ids
   * @param {AbortSignal} signal
   * @returns {Promise<readonly Issue[]>}
   */
  async fetchIssuesByIds(ids, signal) {
    signal.throwIfAborted();
    const asked = [...new Set(ids)];
    const issues = [];
    for (let at = 0; at < asked.length; at += idsPerRequest) {
      const some = asked.slice(at, at + idsPerRequest);
      for (const record of await this.#pages({ ids: some.join(",") }, signal)) {
        issues.push(requireIssue(record));
      }
    }
    return issues;
  }

  /**
   * Compares, writes, reads back: services have been seen to answer 200 and change nothing.
   *
   * @param {string} issueId
   * @param {TransitionOrder} order
   * @param {AbortSignal} signal
   * @returns {Promise<TransitionResult>}
   */
  async transition(issueId, { from, to }, signal) {
    signal.throwIfAborted();
    const path = `/issues/${encodeURIComponent(issueId)}`;
    const before = requireIssue(await this.#client.send("GET", path, undefined, signal));
    if (fold(before.state) === fold(to)) return { kind: "confirmed", issue: before };
    if (from !== null && fold(before.state) !== fold(from)) {
      return { kind: "conflict", issue: before };
    }
    await this.#client.send("PUT", `${path}/state`, { state: to }, signal);
    const after = requireIssue(await this.#client.send("GET", path, undefined, signal));
    return fold(after.state) === fold(to)
      ? { kind: "confirmed", issue: after }
      : { kind: "rejected", reason: `The service left it in ${after.state}.` };
  }

  /**
   * @param {Record<string, string>} query
   * @param {AbortSignal} signal
   * @returns {Promise<unknown[]>} The records of all pages: complete, or it throws.
   */
  async #pages(query, signal) {
    const records = [];
    const seen = new Set();
    for (let search = new URLSearchParams(query); ;) {
      const page = Object(await this.#client.send("GET", `/issues?${search}`, undefined, signal));
      if (!Array.isArray(page.issues) || typeof page.hasMore !== "boolean") {
        throw unreadable("the service answered with something else than a page of issues");
      }
      records.push(...page.issues);
      if (!page.hasMore) return records;
      if (typeof page.next !== "string" || seen.has(page.next)) {
        throw new SignalboxError("tracker_pagination", "the service does not say where to go on");
      }
      seen.add(page.next);
      search = new URLSearchParams({ ...query, after: page.next });
    }
  }
}

/** @param {unknown} record */
function requireIssue(record) {
  const issue = toIssue(record);
  if (issue === null) throw unreadable("a record that was asked for is no issue");
  return issue;
}

/**
 * States compare trimmed and lower-cased.
 *
 * @param {string} state
 */
function fold(state) {
  return state.trim().toLowerCase();
}
