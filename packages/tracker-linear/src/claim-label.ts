import * as v from "valibot";
import { labelDocument } from "./documents.ts";
import type { IssueWriter } from "./issue-writer.ts";
import type { LinearClient } from "./linear-client.ts";
import { trackerError } from "./linear-error.ts";

/** A label that says that an issue is being worked on. It is added and removed alone, never set with the others. */
export class ClaimLabel {
  readonly #name: string;
  readonly #client: LinearClient;
  readonly #writer: IssueWriter;

  constructor(name: string, client: LinearClient, writer: IssueWriter) {
    this.#name = name;
    this.#client = client;
    this.#writer = writer;
  }

  async set(issueId: string, isClaimed: boolean, signal: AbortSignal): Promise<void> {
    const { issue } = await this.#writer.read(issueId, signal);
    const label = this.#name.trim().toLowerCase();
    if (issue.labels.includes(label) === isClaimed) return;
    const id = await this.#idFor(issue.nativeRef["teamId"], signal);
    const input = isClaimed ? { addedLabelIds: [id] } : { removedLabelIds: [id] };
    const action = `${isClaimed ? "adding" : "removing"} the label ${this.#name}`;
    await this.#writer.update(action, issueId, input, signal);
    const after = await this.#writer.read(issueId, signal);
    if (after.issue.labels.includes(label) === isClaimed) return;
    throw trackerError(
      "tracker_status",
      `Linear took ${action} and left ${issue.identifier} as it was`,
      { retryable: true },
    );
  }

  /** The team's own label, or the workspace's. */
  async #idFor(teamId: unknown, signal: AbortSignal): Promise<string> {
    const { data } = await this.#client.request(
      {
        action: "looking for the claim label",
        document: labelDocument,
        variables: { name: this.#name },
        schema: labelsSchema,
      },
      signal,
    );
    const { nodes } = data.issueLabels;
    const label =
      nodes.find(({ team }) => team?.id === teamId) ?? nodes.find(({ team }) => team === null);
    if (label !== undefined) return label.id;
    throw trackerError("tracker_config", `Linear has no label ${this.#name} for the issue's team`, {
      remedy: "Create the label in Linear, or leave out tracker.provider.claim_label.",
    });
  }
}

const labelsSchema = v.object({
  issueLabels: v.object({
    nodes: v.array(
      v.object({
        id: v.string(),
        team: v.optional(v.nullable(v.object({ id: v.string() })), null),
      }),
    ),
  }),
});
