import type { IssueScope } from "./issue-scope.ts";
import type { IssueWriter } from "./issue-writer.ts";
import { trackerError } from "./linear-error.ts";

/**
 * The app as the issue's delegate, beside the person who is its assignee. A delegation that somebody made is theirs:
 * only one that was set here is taken back.
 */
export class Delegation {
  readonly #scope: IssueScope;
  readonly #writer: IssueWriter;
  readonly #taken = new Set<string>();

  constructor(scope: IssueScope, writer: IssueWriter) {
    this.#scope = scope;
    this.#writer = writer;
  }

  async take(issueId: string, signal: AbortSignal): Promise<void> {
    const viewer = await this.#scope.viewer(signal);
    const { issue } = await this.#writer.read(issueId, signal);
    if (issue.nativeRef["delegateId"] !== null) return;
    this.#taken.add(issueId);
    await this.#set("delegating the issue", issueId, viewer.id, signal);
  }

  async giveBack(issueId: string, signal: AbortSignal): Promise<void> {
    if (!this.#taken.has(issueId)) return;
    const viewer = await this.#scope.viewer(signal);
    const { issue } = await this.#writer.read(issueId, signal);
    if (issue.nativeRef["delegateId"] === viewer.id) {
      await this.#set("taking back the delegation", issueId, null, signal);
    }
    this.#taken.delete(issueId);
  }

  async #set(
    action: string,
    issueId: string,
    delegateId: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#writer.update(action, issueId, { delegateId }, signal);
    const { issue } = await this.#writer.read(issueId, signal);
    if (issue.nativeRef["delegateId"] === delegateId) return;
    throw trackerError(
      "tracker_status",
      `Linear took ${action} and left ${issue.identifier} as it was`,
      { retryable: true, remedy: "Give the token's app the scope app:assignable." },
    );
  }
}
